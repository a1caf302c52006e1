-- Lifecycle events to the control plane: room_created, occupant_joined, occupant_left and
-- room_destroyed, numbered per room instance, signed, kept on disk until they are delivered, sent
-- in order. Loaded on the conference MUC component beside mod_telesalud_room.
-- Replaces the contributed mod_event_sync_component.

local http = require "net.http";
local json = require "util.json";
local now = require "util.time".now;
local paths = require "util.paths";
local uuid = require "util.uuid".generate;

local wire = module:require "telesalud_wire";
local journal = module:require "telesalud_journal";

local api_base = assert(module:get_option_string("telesalud_api_base"), "telesalud_api_base is not set");
local secret = assert(module:get_option_string("telesalud_outbound_secret"),
	"telesalud_outbound_secret is not set");
local shard = module:get_option_string("telesalud_shard", "shard-1");
local path = module:get_option_string("telesalud_journal",
	paths.join(prosody.paths.data, "telesalud_events.journal"));
local batch_size = module:get_option_number("telesalud_events_batch", 50);
local timeout = module:get_option_number("telesalud_events_timeout", 10);
local coalesce = module:get_option_number("telesalud_events_coalesce", 0.02);
local max_backoff = module:get_option_number("telesalud_events_max_backoff", 30);
local compact_lines = module:get_option_number("telesalud_journal_compact_lines", 5000);

local muc = module:depends "muc";
local outbox, unreadable = journal.open(path, json);
assert(outbox, unreadable);
if unreadable > 0 then
	module:log("error", "%d lines of the journal could not be read; the file is kept as %s.damaged", unreadable, path);
end

-- Answers that no repetition changes: the events are filed apart and named in the log.
local hopeless = { [400] = true, [413] = true, [422] = true };

local sending, retry_timer, soon, failures, single = false, nil, nil, 0, false;
local pump;

-- What happens together (a room's end is several events) travels together.
local function pump_soon()
	if soon or sending or retry_timer then return; end
	soon = module:add_timer(coalesce, function () soon = nil; pump(); end);
end

local function file_apart(event, code)
	module:log("error", "Event %s was refused with %d and is in %s.refused", event.event_id, code, path);
	local file = assert(io.open(path .. ".refused", "ab"));
	assert(file:write(json.encode(event), "\n"));
	file:close();
	outbox:ack({ event });
end

local function back_off()
	failures = failures + 1;
	local delay = math.min(max_backoff, 2 ^ math.min(failures - 1, 10)) * (0.75 + math.random() / 2);
	retry_timer = module:add_timer(delay, function () retry_timer = nil; pump(); end);
end

local function delivered(batch)
	outbox:ack(batch);
	outbox:compact(compact_lines);
	failures, single = 0, false;
end

local function conclude(batch, code)
	sending = false;
	if code >= 200 and code < 300 then
		delivered(batch);
	elseif hopeless[code] and #batch > 1 then
		single = true; -- find the one that is refused
	elseif hopeless[code] then
		file_apart(batch[1], code);
	else
		if failures == 0 then
			module:log("warn", "Events are not accepted (%d); %d wait on disk", code, outbox:count());
		end
		return back_off();
	end
	return pump();
end

function pump()
	if sending or retry_timer then return; end
	local batch = outbox:head(single and 1 or batch_size);
	if #batch == 0 then return; end
	sending = true;
	local body = json.encode({ shard = shard, events = batch });
	local over = false;
	local function once(code)
		if over then return; end
		over = true;
		conclude(batch, code);
	end
	http.request(api_base .. "/video/events", {
		method = "POST";
		body = body;
		headers = {
			["Content-Type"] = "application/json";
			[wire.SIGNATURE_HEADER] = wire.sign(secret, now(), body);
		};
	}, function (_, code) once(tonumber(code) or 0); end);
	module:add_timer(timeout, function () once(0); end);
end

local function emit(state, event_type, fields)
	state.sequence = (state.sequence or 0) + 1;
	local event = {
		event_id = uuid(), type = event_type, room = state.room or state.name,
		instance = state.instance, sequence = state.sequence, occurred_at = wire.format_time(now());
	};
	for key, value in pairs(fields or {}) do event[key] = value; end
	local stored, err = outbox:add(event);
	if not stored then
		module:log("error", "Event %s is in memory only, the journal cannot be written: %s", event.event_id, err);
	end
	pump_soon();
end

local function public(participant)
	return {
		participant_id = participant.participant_id, role = participant.role,
		connection_id = participant.connection_id;
	};
end

local function participant_of(event)
	local state = event.room.telesalud;
	return state, state and state.participants[event.occupant.bare_jid];
end

-- Prosody names the creator's join first; the focus creates rooms and is never reported, so
-- room_created is still the first event of every instance.
module:hook("muc-room-created", function (event)
	local state = event.room.telesalud;
	if state then emit(state, "room_created", { ends_at = wire.format_time(state.ends_at) }); end
end);

module:hook("muc-occupant-joined", function (event)
	local state, participant = participant_of(event);
	if participant then emit(state, "occupant_joined", { occupant = public(participant) }); end
end);

module:hook("muc-occupant-left", function (event)
	local state, participant = participant_of(event);
	if not participant then return; end
	emit(state, "occupant_left", {
		occupant = public(participant);
		reason = participant.left_because or (event.room.destroying and "room_ended") or "left";
	});
end);

module:hook("muc-room-destroyed", function (event)
	local state = event.room.telesalud;
	if state then emit(state, "room_destroyed", { reason = state.cause or "empty" }); end
end);

-- The admission module starts no conference that would go unreported.
module:hook("telesalud-ready/events", function () return true; end);

local function is_running(leftover)
	local room = muc.get_room_from_jid(leftover.room .. "@" .. module.host);
	return room and room.telesalud and room.telesalud.instance == leftover.instance;
end

-- Rooms live in memory: those that an earlier process left open in the journal are gone, and the
-- control plane is told so, in the same numbering. (A reloaded module finds its rooms running.)
local function close_leftovers()
	local leftovers = {};
	for _, room in pairs(outbox.live) do
		if not is_running(room) then table.insert(leftovers, room); end
	end
	for _, room in ipairs(leftovers) do
		local occupants = {};
		for _, occupant in pairs(room.occupants) do table.insert(occupants, occupant); end
		for _, occupant in ipairs(occupants) do
			emit(room, "occupant_left", { occupant = occupant, reason = "server_restart" });
		end
		emit(room, "room_destroyed", { reason = "server_restart" });
	end
end

function module.load()
	close_leftovers();
	pump_soon();
end

function module.unload()
	outbox:close();
end
