-- Asks the control plane before a conference may start: may this room exist now, until when and
-- for how many. Stands on the main VirtualHost, at the `conference` request that a client sends to
-- the focus; the room module lets nobody create a room without an answer from here.
-- Replaces Jitsi's mod_reservations.

local async = require "util.async";
local http = require "net.http";
local json = require "util.json";
local now = require "util.time".now;
local st = require "util.stanza";
local uuid = require "util.uuid".generate;

local wire = module:require "telesalud_wire";

local api_base = assert(module:get_option_string("telesalud_api_base"), "telesalud_api_base is not set");
local secret = assert(module:get_option_string("telesalud_outbound_secret"),
	"telesalud_outbound_secret is not set");
local shard = module:get_option_string("telesalud_shard", "shard-1");
local muc_host = module:get_option_string("telesalud_muc", "muc." .. module.host);
local focus_host = module:get_option_string("telesalud_focus_component", "focus." .. module.host);
local timeout = module:get_option_number("telesalud_admission_timeout", 5);
local ttl = module:get_option_number("telesalud_admission_ttl", 15);

local xmlns_focus = "http://jitsi.org/protocol/focus";
local answers = module:shared("/*/telesalud_admission/answers"); -- room -> last answer
local ended = module:shared("/*/telesalud_admission/ended"); -- room -> when it was ended
local waiting = {}; -- room -> list of functions to call once the answer is there

-- The answer as a table, or nil for everything that is not a clear, complete answer.
local function read_answer(room, body, code)
	if code == 404 then return { allow = false, reason = "unknown_room" }; end
	if code ~= 200 then return nil; end
	local ok, data = pcall(json.decode, body);
	if not ok or type(data) ~= "table" or data.room ~= room or type(data.allow) ~= "boolean" then
		return nil;
	end
	if not data.allow then return { allow = false, reason = tostring(data.reason) }; end
	local ends_at = wire.parse_time(data.ends_at);
	local max = tonumber(data.max_occupants);
	local generations = wire.generations(data.generations);
	if not ends_at or not max or max < 1 or max % 1 ~= 0 or not generations then return nil; end
	return {
		allow = true, ends_at = ends_at, max_occupants = max,
		warn_seconds = tonumber(data.warn_seconds) or 300,
		language = type(data.language) == "string" and data.language or "es",
		generations = generations,
	};
end

local function settle(room, answer, asked_at)
	if answer and ended[room] and ended[room] >= asked_at then
		answer = nil; -- the room was ended while the question was under way
	end
	if answer then
		answers[room] = answer;
		-- A refusal serves only those who wait for it now: a moment later the window may be open.
		module:add_timer(answer.allow and ttl or math.min(ttl, 2), function ()
			if answers[room] == answer then answers[room] = nil; end
		end);
		-- The control plane is right about a room that is already running, too.
		module:context(muc_host):fire_event("telesalud-admission", { room = room, answer = answer });
	end
	local callers = waiting[room];
	waiting[room] = nil;
	for _, resume in ipairs(callers) do resume(answer); end
end

local function ask(room)
	local settled, asked_at = false, now();
	local function finish(answer, problem)
		if settled then return; end
		settled = true;
		if problem then module:log("warn", "No admission answer for room %s: %s", room, problem); end
		settle(room, answer, asked_at);
	end
	local body = json.encode({
		request_id = uuid(), room = room, asked_at = wire.format_time(asked_at), shard = shard;
	});
	http.request(api_base .. "/video/rooms/" .. room .. "/admission", {
		method = "POST";
		body = body;
		headers = {
			["Content-Type"] = "application/json";
			[wire.SIGNATURE_HEADER] = wire.sign(secret, asked_at, body);
		};
	}, function (reply, code)
		local answer = read_answer(room, reply, code);
		finish(answer, not answer and ("status " .. tostring(code)) or nil);
	end);
	module:add_timer(timeout, function () finish(nil, "timeout"); end);
end

-- Waits in the client's own session; several clients of one room share one question.
local function admission(room)
	if answers[room] then return answers[room]; end
	local wait, done = async.waiter();
	local answer;
	local first = not waiting[room];
	waiting[room] = waiting[room] or {};
	table.insert(waiting[room], function (result) answer = result; done(); end);
	if first then ask(room); end
	wait();
	return answer;
end

local function refuse(origin, stanza, error_type, condition, text)
	local reply = st.error_reply(stanza, error_type, condition, text);
	if error_type == "cancel" then -- final: Jitsi's client then stops asking
		reply:get_child("error"):tag("reservation-error", { xmlns = xmlns_focus, ["error-code"] = "403" }):up();
	end
	origin.send(reply);
	return true;
end

local function room_is_alive(room)
	return module:context(muc_host):fire_event("telesalud-control", { action = "count", room = room }) ~= nil;
end

-- A module that could not be loaded closes the house instead of leaving a door open.
local function guards_are_loaded()
	local muc = module:context(muc_host);
	return muc:fire_event("telesalud-ready/room") and muc:fire_event("telesalud-ready/events");
end

module:hook("pre-iq/host", function (event)
	local origin, stanza = event.origin, event.stanza;
	local query = stanza.attr.to == focus_host and stanza:get_child("conference", xmlns_focus);
	if not query then return; end
	local claims = origin.telesalud_claims;
	local room = claims and claims.room;
	if not room or query.attr.room ~= room .. "@" .. muc_host then
		return refuse(origin, stanza, "cancel", "not-allowed", "This token is for another room");
	elseif claims.expires_at <= now() then
		return refuse(origin, stanza, "cancel", "not-allowed", "This token has expired");
	elseif not guards_are_loaded() or not async.ready() then
		module:log("error", "No conference can start: telesalud_room or telesalud_events is not loaded");
		return refuse(origin, stanza, "wait", "internal-server-error", "Cannot ask for admission");
	end
	local answer = admission(room);
	if answer and not answer.allow then
		module:log("info", "Room %s is not admitted: %s", room, answer.reason);
		return refuse(origin, stanza, "cancel", "not-allowed", "The room is not open");
	elseif not answer and not room_is_alive(room) then
		return refuse(origin, stanza, "wait", "resource-constraint", "Admission is not available");
	end
	-- Admitted, or the control plane is silent and the room already has its own hard end.
end, 10);
