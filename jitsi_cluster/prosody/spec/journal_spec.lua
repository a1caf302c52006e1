local journal = require "telesalud_journal";
local json = require "util.json";

local path;

local function event(instance, sequence, kind, occupant)
	return {
		event_id = instance .. "-" .. sequence, instance = instance, sequence = sequence, type = kind,
		room = "room-of-" .. instance, occupant = occupant;
	};
end

local function ids(events)
	local list = {};
	for i, one in ipairs(events) do list[i] = one.event_id; end
	return list;
end

local function write(text)
	local file = assert(io.open(path, "ab"));
	file:write(text);
	file:close();
end

local function read()
	local file = assert(io.open(path, "rb"));
	local text = file:read("a");
	file:close();
	return text;
end

local function reopen(box)
	box:close();
	return assert(journal.open(path, json));
end

describe("the journal", function ()
	before_each(function () path = os.tmpname(); os.remove(path); end);
	after_each(function () os.remove(path); os.remove(path .. ".new"); end);

	it("gives undelivered events in order, also to the next process", function ()
		local box = assert(journal.open(path, json));
		for i = 1, 4 do box:add(event("a", i, "occupant_joined", { connection_id = "c" .. i })); end
		box:ack({ { event_id = "a-1" } });
		box:ack({ { event_id = "a-3" } });
		assert.same({ "a-2", "a-4" }, ids(box:head(50)));
		box = reopen(box);
		assert.same({ "a-2", "a-4" }, ids(box:head(50)));
		assert.same({ "a-2" }, ids(box:head(1)));
		assert.equal(2, box:count());
	end);

	it("cuts a torn last line and keeps all before it", function ()
		local box = assert(journal.open(path, json));
		box:add(event("a", 1, "room_created"));
		write('{"event":{"event_id":"a-2","inst');
		box = reopen(box);
		assert.same({ "a-1" }, ids(box:head(50)));
		box:add(event("a", 2, "room_destroyed"));
		box = reopen(box);
		assert.same({ "a-1", "a-2" }, ids(box:head(50)));
	end);

	it("keeps a damaged file whole and saves all that can be read in it", function ()
		local box = assert(journal.open(path, json));
		box:add(event("a", 1, "room_created"));
		write("not json\n{\"event\":7}\n");
		box:add(event("a", 2, "room_destroyed"));
		box:close();
		local damaged = read();
		local restored, unreadable = journal.open(path, json);
		assert.equal(2, unreadable);
		assert.same({ "a-1", "a-2" }, ids(restored:head(50)));
		restored:close();
		assert.equal(2, select(2, read():gsub("\n", "")));
		path = path .. ".damaged";
		assert.equal(damaged, read());
	end);

	it("knows which rooms an earlier process left open, and who was in them", function ()
		local box = assert(journal.open(path, json));
		box:add(event("a", 1, "room_created"));
		box:add(event("a", 2, "occupant_joined", { connection_id = "c1" }));
		box:add(event("a", 3, "occupant_joined", { connection_id = "c2" }));
		box:add(event("a", 4, "occupant_left", { connection_id = "c1" }));
		box:add(event("b", 1, "room_created"));
		box:add(event("b", 2, "room_destroyed"));
		box = reopen(box);
		assert.is_nil(box.live.b);
		assert.equal(4, box.live.a.sequence);
		assert.same({ c2 = { connection_id = "c2" } }, box.live.a.occupants);
	end);

	it("compacts to what is still needed", function ()
		local box = assert(journal.open(path, json));
		for i = 1, 50 do
			box:add(event("gone" .. i, 1, "room_created"));
			box:add(event("gone" .. i, 2, "room_destroyed"));
			box:ack(box:head(1));
			box:ack(box:head(50));
		end
		box:add(event("a", 1, "room_created"));
		box:ack({ { event_id = "a-1" } });
		box:add(event("a", 2, "occupant_joined", { connection_id = "c1" }));
		box:compact(100);
		assert.equal(2, select(2, read():gsub("\n", "")));
		box:add(event("a", 3, "occupant_left", { connection_id = "c1" }));
		box = reopen(box);
		assert.same({ "a-2", "a-3" }, ids(box:head(50)));
		assert.equal(3, box.live.a.sequence);
		assert.same({}, box.live.a.occupants);
	end);

	it("does not compact while what is needed fills half of it", function ()
		local box = assert(journal.open(path, json));
		for i = 1, 60 do box:add(event("live" .. i, 1, "room_created")); end
		box:ack(box:head(60));
		box:compact(50);
		assert.equal(61, select(2, read():gsub("\n", "")));
		for i = 1, 60 do box:add(event("live" .. i, 2, "occupant_joined", { connection_id = "c" })); end
		box:ack(box:head(60));
		box:compact(50);
		assert.equal(60, select(2, read():gsub("\n", "")));
	end);

	it("keeps events in memory while the disk is full and writes them all once it is not", function ()
		local box = assert(journal.open(path, json));
		box:add(event("a", 1, "room_created"));
		local whole = box.file;
		local torn = { write = function (_, line) whole:write(line:sub(1, 9)); whole:flush(); return nil, "disk full"; end };
		box.file = torn;
		local stored, err = box:add(event("a", 2, "occupant_joined", { connection_id = "c1" }));
		assert.is_nil(stored);
		assert.matches("disk full", err);
		assert.same({ "a-1", "a-2" }, ids(box:head(50)));
		box.file = whole;
		assert.is_true(box:add(event("a", 3, "occupant_left", { connection_id = "c1" })));
		box:add(event("a", 4, "room_destroyed"));
		box = reopen(box);
		assert.same({ "a-1", "a-2", "a-3", "a-4" }, ids(box:head(50)));
	end);

	it("survives a crash at any byte of its file without losing a complete event", function ()
		local box = assert(journal.open(path, json));
		for i = 1, 3 do box:add(event("a", i, "occupant_joined", { connection_id = "c" .. i })); end
		box:ack({ { event_id = "a-1" } });
		box:close();
		local whole = read();
		for cut = 0, #whole do
			local file = assert(io.open(path, "wb"));
			file:write(whole:sub(1, cut));
			file:close();
			local complete = select(2, whole:sub(1, cut):gsub("\n", ""));
			local restored = assert(journal.open(path, json));
			local expected = math.min(complete, 3) - (complete == 4 and 1 or 0);
			assert.equal(expected, restored:count());
			restored:close();
		end
	end);
end);
