local limit = require "telesalud_limit";

-- A clock and timers that move by hand.
local function world()
	local self = { time = 1000, timers = {}, warned = {}, finished = 0 };
	self.hooks = {
		now = function () return self.time; end;
		after = function (seconds, fn)
			local timer = { at = self.time + seconds, fn = fn };
			timer.stop = function () timer.fn = nil; end;
			table.insert(self.timers, timer);
			return timer;
		end;
		warn = function (remaining) table.insert(self.warned, { self.time, remaining }); end;
		finish = function () self.finished = self.finished + 1; self.ended_at = self.time; end;
	};
	function self.advance(to)
		table.sort(self.timers, function (a, b) return a.at < b.at; end);
		for _, timer in ipairs(self.timers) do
			if timer.fn and timer.at <= to then
				self.time = timer.at;
				local fn = timer.fn;
				timer.fn = nil;
				fn();
			end
		end
		self.time = to;
	end
	return self;
end

local function state(ends_at, warn_seconds)
	return { created_at = 1000, ends_at = ends_at, warn_seconds = warn_seconds };
end

describe("the session limit", function ()
	it("warns once and ends once, each at its moment", function ()
		local w = world();
		limit.arm(state(1600, 300), w.hooks);
		w.advance(3000);
		assert.same({ { 1300, 300 } }, w.warned);
		assert.equal(1, w.finished);
		assert.equal(1600, w.ended_at);
	end);

	it("warns at once when less time is left than the warning asks for", function ()
		local w = world();
		limit.arm(state(1100, 300), w.hooks);
		w.advance(1000);
		assert.same({ { 1000, 100 } }, w.warned);
	end);

	it("moves with an extension and warns for the new end", function ()
		local w = world();
		local s = state(1600, 300);
		limit.arm(s, w.hooks);
		w.advance(1400);
		s.ends_at = 2200;
		limit.arm(s, w.hooks);
		w.advance(5000);
		assert.same({ { 1300, 300 }, { 1900, 300 } }, w.warned);
		assert.equal(2200, w.ended_at);
		assert.equal(1, w.finished);
	end);

	it("does not warn twice for one end", function ()
		local w = world();
		local s = state(1600, 300);
		limit.arm(s, w.hooks);
		w.advance(1400);
		limit.arm(s, w.hooks);
		w.advance(5000);
		assert.equal(1, #w.warned);
	end);

	it("ends at once when the end has passed", function ()
		local w = world();
		limit.arm(state(900, 0), w.hooks);
		w.advance(1000);
		assert.equal(1, w.finished);
		assert.equal(0, #w.warned);
	end);

	it("never goes beyond the ceiling, however late the end", function ()
		local w = world();
		local s = state(math.huge, 0);
		limit.arm(s, w.hooks);
		assert.equal(1000 + limit.CEILING, s.ends_at);
	end);

	it("does nothing after it is disarmed", function ()
		local w = world();
		local s = state(1600, 300);
		limit.arm(s, w.hooks);
		limit.disarm(s);
		w.advance(5000);
		assert.equal(0, w.finished);
		assert.equal(0, #w.warned);
	end);

	it("is announced in the consult's language, in Spanish when unknown", function ()
		assert.equal("La consulta termina en 5 minuto(s).", limit.warning_text("es", 300));
		assert.equal("A consulta termina em 5 minuto(s).", limit.warning_text("pt", 300));
		assert.equal("The consultation ends in 1 minute(s).", limit.warning_text("en", 2));
		assert.equal("La consulta termina en 5 minuto(s).", limit.warning_text("qu", 300));
	end);
end);
