-- The outbox on disk: an append-only file of JSON lines that survives the process.
--   {"event":{...}}   something happened and is to be delivered
--   {"ack":"<id>"}    it was delivered (or refused for good and filed apart)
--   {"live":{...}}    after compaction: a room whose end is still to come
-- Each line is written with one flush, so a killed process loses at most a torn last line, which
-- is cut at the next start. Plain Lua: only `json` is handed in.

local journal = {};
local methods = {};
methods.__index = methods;

local function new_state(path, json)
	return setmetatable({
		path = path, json = json, live = {}, pending = {}, first = 1, last = 0, lines = 0;
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
	self.pending[self.last] = event;
end

local function forget(self, event_id)
	for i = self.first, self.last do
		if self.pending[i] and self.pending[i].event_id == event_id then
			self.pending[i] = nil;
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
	elseif record.ack then
		forget(self, record.ack);
	elseif record.live then
		self.live[record.live.instance] = record.live;
	end
end

local function append(self, record)
	assert(self.file:write(self.json.encode(record), "\n"));
	assert(self.file:flush());
	self.lines = self.lines + 1;
end

-- Reads what an earlier process left; returns the byte length of the complete lines.
local function load(self, content)
	local good = 0;
	for line, stop in content:gmatch("([^\n]*)\n()") do
		local ok, record = pcall(self.json.decode, line);
		if not ok or type(record) ~= "table" then
			return nil, "unreadable record at byte " .. good;
		end
		replay(self, record);
		self.lines = self.lines + 1;
		good = stop - 1;
	end
	return good;
end

-- Opens or creates the journal. A torn last line is cut; an unreadable earlier line is an error,
-- because skipping it could lose an event: the operator decides.
function journal.open(path, json)
	local self = new_state(path, json);
	local existing = io.open(path, "rb");
	if existing then
		local content = existing:read("a");
		existing:close();
		local good, err = load(self, content);
		if not good then return nil, err; end
		if good < #content then self:rewrite(); end
	end
	if not self.file then
		local file, err = io.open(path, "ab");
		if not file then return nil, err; end
		self.file = file;
	end
	return self;
end

function methods:add(event)
	append(self, { event = event });
	track(self, event);
	enqueue(self, event);
end

function methods:ack(event_id)
	append(self, { ack = event_id });
	forget(self, event_id);
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

function methods:count()
	local n = 0;
	for i = self.first, self.last do
		if self.pending[i] then n = n + 1; end
	end
	return n;
end

-- Writes only what is still needed to a new file and moves it into place: a crash leaves either
-- the old or the new file, both complete.
function methods:rewrite()
	local temporary = self.path .. ".new";
	local file = assert(io.open(temporary, "wb"));
	local lines = 0;
	local function put(record)
		assert(file:write(self.json.encode(record), "\n"));
		lines = lines + 1;
	end
	-- Live rooms go after the pending events: a replayed event must not undo the newer snapshot.
	for i = self.first, self.last do
		if self.pending[i] then put({ event = self.pending[i] }); end
	end
	for _, room in pairs(self.live) do put({ live = room }); end
	assert(file:flush());
	file:close();
	assert(os.rename(temporary, self.path));
	if self.file then self.file:close(); end
	self.file = assert(io.open(self.path, "ab"));
	self.lines = lines;
end

-- Compacts once the file holds many more lines than are still needed.
function methods:compact(threshold)
	if self.lines >= threshold and self.lines > 2 * self:count() then self:rewrite(); end
end

function methods:close()
	self.file:close();
end

return journal;
