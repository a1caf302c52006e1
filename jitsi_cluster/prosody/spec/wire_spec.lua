local wire = require "telesalud_wire";

describe("a room name", function ()
	it("is 128 bits in lower-case hexadecimal and nothing else", function ()
		assert.is_true(wire.is_room("0123456789abcdef0123456789abcdef"));
		for _, bad in ipairs { "*", "", "0123", ("A"):rep(32), ("g"):rep(32), ("a"):rep(33), ("a"):rep(31) .. "\n" } do
			assert.is_false(wire.is_room(bad), bad);
		end
		assert.is_false(wire.is_room(nil));
	end);
end);

describe("an opaque id", function ()
	it("has no room for a name or an address", function ()
		assert.is_true(wire.is_opaque_id("0193f3a0-7c1e-7000-8000-00000000abcd"));
		for _, bad in ipairs { "", "Paciente Uno", "a@example.org", ("x"):rep(65) } do
			assert.is_false(wire.is_opaque_id(bad), bad);
		end
	end);
end);

describe("a time", function ()
	it("is read with any offset and fraction", function ()
		assert.equal(0, wire.parse_time("1970-01-01T00:00:00Z"));
		assert.equal(951782400, wire.parse_time("2000-02-29T00:00:00Z"));
		assert.equal(1764000000, wire.parse_time("2025-11-24T13:00:00-03:00"));
		assert.near(1764000000.25, wire.parse_time("2025-11-24T16:00:00.250+00:00"), 1e-6);
	end);

	it("is refused without a zone or out of range", function ()
		for _, bad in ipairs {
			"2025-11-24T16:00:00", "2025-11-24", "2025-13-24T16:00:00Z", "2025-11-24T25:00:00Z",
			"2025-11-24T16:00:00.Z", "2025-11-24T16:00:00Zulu", "",
		} do
			assert.is_nil(wire.parse_time(bad), bad);
		end
		assert.is_nil(wire.parse_time(12));
	end);

	it("comes back from its text to the millisecond", function ()
		for _, moment in ipairs { 0, 1764000000, 1764000000.999, 4102444799.001 } do
			assert.near(moment, wire.parse_time(wire.format_time(moment)), 0.0006);
		end
	end);
end);

describe("a signature", function ()
	local body = '{"room":"x"}';

	it("is the published test vector of contract.md", function ()
		assert.equal(
			"t=1764000000,v1=f68d950a49fa162d19266953e268a9661d90546a4402ed099e4c63084020c77b",
			wire.sign("secret", 1764000000.9, body));
	end);

	it("holds within its window, for any of the secrets", function ()
		local header = wire.sign("old", 1000, body);
		assert.is_true(wire.verify({ "new", "old" }, header, 1060, body, 60));
		assert.is_true(wire.verify({ "new", "old" }, header, 940, body, 60));
	end);

	it("does not hold for another body, time, secret or shape", function ()
		local header = wire.sign("secret", 1000, body);
		local function why(...) return select(2, wire.verify(...)); end
		assert.equal("bad-signature", why({ "secret" }, header, 1000, body .. " ", 60));
		assert.equal("bad-signature", why({ "other" }, header, 1000, body, 60));
		assert.equal("bad-signature", why({ "secret" }, header:gsub("t=1000", "t=1001"), 1000, body, 60));
		assert.equal("stale-signature", why({ "secret" }, header, 1061, body, 60));
		assert.equal("stale-signature", why({ "secret" }, header, 939, body, 60));
		assert.equal("missing-signature", why({ "secret" }, nil, 1000, body, 60));
		assert.equal("missing-signature", why({ "secret" }, "t=1000,v1=", 1000, body, 60));
		assert.equal("missing-signature", why({ "secret" }, header .. ",v1=00", 1000, body, 60));
	end);
end);
