-- The outbox on disk: an append-only file of JSON lines that survives the process.
--   {"event":{...}}   something happened and is to be delivered
--   {"acks":[ids]}    they were delivered (or refused for good and filed apart)
--   {"live":{...}}    after compaction: a room whose end is still to come
-- Each line is written with one flush, so a killed process loses at most a torn last line, which
-- is cut at the next start. Plain Lua: only `json` is handed in.

local journal = {};
local methods = {};
methods.__index = methods;

local function new_state(path, json)
	return setmetatable({
		path = path, json = json, live = {}, pending = {}, first = 1, last = 0, waiting = 0, lines = 0;
	}, methods);
end

local function track(self, event)
	local room = self.live[event.instance];
	if event.type == "room_destroyed" then
		self.live[event.instance] = nil;
		return;
	elseif not room then
		room = { room = event.room, instance = event.instance, occupants = {} };
		self.live[event.instance] = room;
	end
	room.sequence = event.sequence;
	if event.type == "occupant_joined" then
		room.occupants[event.occupant.connection_id] = event.occupant;
	elseif event.type == "occupant_left" then
		room.occupants[event.occupant.connection_id] = nil;
	end
end

local function enqueue(self, event)
	self.last = self.last + 1;
	self.waiting = self.waiting + 1;
	self.pending[self.last] = event;
end

local function forget(self, event_id)
	for i = self.first, self.last do
		if self.pending[i] and self.pending[i].event_id == event_id then
			self.pending[i] = nil;
			self.waiting = self.waiting - 1;
			break;
		end
	end
	while self.first <= self.last and not self.pending[self.first] do
		self.first = self.first + 1;
	end
end

local function replay(self, record)
	if record.event then
		track(self, record.event);
		enqueue(self, record.event);
	elseif record.acks then
		for _, event_id in ipairs(record.acks) do forget(self, event_id); end
	elseif record.live then
		self.live[record.live.instance] = record.live;
	end
end

local function write_line(file, line)
	assert(file:write(line, "\n"));
	assert(file:flush());
end

-- A full disk may leave half a line. Until a complete rewrite has succeeded, nothing is appended
-- behind it; meanwhile the records are in memory only. True, or nil and why.
local function append(self, record)
	if self.damaged then
		local ok, err = pcall(self.rewrite, self);
		self.damaged = not ok;
		return ok or nil, err;
	end
	local ok, err = pcall(write_line, self.file, self.json.encode(record));
	self.damaged = not ok;
	self.lines = self.lines + 1;
	return ok or nil, err;
end

-- Reads what an earlier process left; returns the length of the complete lines in bytes and how
-- many of the lines could not be read.
local function load(self, content)
	local complete, unreadable = 0, 0;
	for line, stop in content:gmatch("([^\n]*)\n()") do
		local ok, record = pcall(self.json.decode, line);
		if ok and type(record) == "table" then
			ok = pcall(replay, self, record);
		else
			ok = false;
		end
		if not ok then unreadable = unreadable + 1; end
		self.lines = self.lines + 1;
		complete = stop - 1;
	end
	return complete, unreadable;
end

local function copy(path, content)
	local file = assert(io.open(path, "wb"));
	assert(file:write(content));
	assert(file:flush());
	file:close();
end

-- Opens or creates the journal. A torn last line is cut. Lines before it that cannot be read (a
-- failing disk, somebody's editor) do not stop the others: the whole file is first kept as
-- `<path>.damaged`, and the second result says how many lines were left out.
function journal.open(path, json)
	local self = new_state(path, json);
	local existing = io.open(path, "rb");
	local unreadable = 0;
	if existing then
		local content = existing:read("a");
		existing:close();
		local complete;
		complete, unreadable = load(self, content);
		if unreadable > 0 then copy(path .. ".damaged", content); end
		if unreadable > 0 or complete < #content then self:rewrite(); end
	end
	if not self.file then
		local file, err = io.open(path, "ab");
		if not file then return nil, err; end
		self.file = file;
	end
	return self, unreadable;
end

function methods:add(event)
	track(self, event);
	enqueue(self, event);
	return append(self, { event = event });
end

-- Marks events of `head` as done, in one line.
function methods:ack(events)
	local acks = {};
	for i, event in ipairs(events) do acks[i] = event.event_id; end
	for _, event_id in ipairs(acks) do forget(self, event_id); end
	return append(self, { acks = acks });
end

-- Up to `count` undelivered events, oldest first.
function methods:head(count)
	local batch = {};
	for i = self.first, self.last do
		if #batch == count then break; end
		if self.pending[i] then batch[#batch + 1] = self.pending[i]; end
	end
	return batch;
end

-- How many events are not delivered yet.
function methods:count()
	return self.waiting;
end

-- Writes only what is still needed to a new file and moves it into place: a crash leaves either
-- the old or the new file, both complete.
function methods:rewrite()
	local temporary = self.path .. ".new";
	local file = assert(io.open(temporary, "wb"));
	local lines = 0;
	local function put(record)
		write_line(file, self.json.encode(record));
		lines = lines + 1;
	end
	-- Live rooms go after the pending events: a replayed event must not undo the newer snapshot.
	for i = self.first, self.last do
		if self.pending[i] then put({ event = self.pending[i] }); end
	end
	for _, room in pairs(self.live) do put({ live = room }); end
	file:close();
	assert(os.rename(temporary, self.path));
	if self.file then self.file:close(); end
	self.file = assert(io.open(self.path, "ab"));
	self.lines = lines;
end

-- Rewrites the file once it has many lines and most of them are not needed any more. Live rooms
-- are needed, too: counting them keeps a busy server from rewriting its file at every turn.
function methods:compact(threshold)
	if self.lines < threshold then return; end
	local needed = self.waiting;
	for _ in pairs(self.live) do needed = needed + 1; end
	if self.lines > 2 * needed then self:rewrite(); end
end

function methods:close()
	self.file:close();
end

return journal;
