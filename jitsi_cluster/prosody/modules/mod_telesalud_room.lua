-- Who may be in a room and until when. Loaded on the conference MUC component.
--   creation   only by the focus, only for a room that mod_telesalud_admission holds an answer for
--   joining    the token's exact room, still valid and not revoked; one connection per
--              participant; occupant cap
--   revoking   a newer generation of a participant's tokens puts the holder of an older one out
--   moderation the token's moderator claim gives the MUC affiliation `owner`
--   the end    warning message, then destruction at the exact second (telesalud_limit)
-- Replaces Jitsi's mod_token_verification, mod_token_affiliation, mod_muc_max_occupants and the
-- contributed mod_time_restricted and mod_token_no_wildcard; sits beside mod_muc_meeting_id.

local array = require "util.array";
local jid_bare = require "util.jid".bare;
local jid_node = require "util.jid".node;
local json = require "util.json";
local now = require "util.time".now;
local short_id = require "util.id".medium;
local st = require "util.stanza";
local uuid = require "util.uuid".generate;

local wire = module:require "telesalud_wire";
local limit = module:require "telesalud_limit";

local muc = module:depends "muc";
local main_host = module.host:gsub("^[^.]+%.", "");
local focus_jid = module:get_option_string("telesalud_focus_jid", "focus@auth." .. main_host);
local ceiling = module:get_option_number("telesalud_room_ceiling", limit.CEILING);
local answers = module:shared("/*/telesalud_admission/answers");
local ended = module:shared("/*/telesalud_admission/ended"); -- room -> when it was ended

local function is_focus(jid)
	return jid_bare(jid) == focus_jid;
end

local function deny(event, condition, text)
	event.origin.send(st.error_reply(event.stanza, "cancel", condition, text, event.room.jid));
	return true;
end

local function limit_hooks(room, state)
	return {
		now = now;
		after = function (seconds, fn) return module:add_timer(seconds, function () fn(); end); end;
		warn = function (remaining)
			local text = limit.warning_text(state.language, remaining);
			room:broadcast_message(st.message({ from = room.jid, type = "groupchat" })
				:tag("json-message", { xmlns = "http://jitsi.org/jitmeet" })
					:text(json.encode({ type = "system_chat_message", displayName = "Telesalud", message = text }))
					:up()
				:tag("session-limit", { xmlns = "urn:telesalud:video:1",
					["ends-at"] = wire.format_time(state.ends_at),
					remaining = tostring(math.floor(remaining + 0.5)) }):up());
		end;
		finish = function ()
			state.cause = "limit";
			answers[state.name] = nil;
			room:destroy(nil, wire.END_REASON);
		end;
	};
end

-- An answer given before the end must not open the room again after it.
local function withdraw(name)
	answers[name], ended[name] = nil, now();
	module:add_timer(600, function () ended[name] = nil; end);
end

local function end_room(room, cause)
	room.telesalud.cause = cause;
	room:destroy(nil, wire.END_REASON);
end

local function move_end(room, ends_at)
	local state = room.telesalud;
	if ends_at == state.ends_at then return; end
	state.ends_at = ends_at;
	limit.arm(state, limit_hooks(room, state));
end

-- Tokens older than a participant's least generation count no more; one never gets lower again.
local function revoke(room, generations)
	local state = room.telesalud;
	for id, least in pairs(generations or {}) do
		if least > (state.generations[id] or 1) then state.generations[id] = least; end
	end
	for nick, occupant in room:each_occupant() do
		local one = state.participants[occupant.bare_jid];
		if one and one.generation < (state.generations[one.participant_id] or 1) then
			module:log("info", "A connection to %s was revoked", state.name);
			room:set_role(true, nick, nil, "This link was replaced");
		end
	end
end

-- A room that was not admitted never comes to exist.
module:hook("muc-room-pre-create", function (event)
	local room = event.room;
	local name = jid_node(room.jid);
	local answer = answers[name];
	if not is_focus(event.stanza.attr.from) then
		return deny(event, "not-allowed", "Only the focus creates rooms");
	elseif name:find("^__jicofo%-health%-check") then
		return; -- Jicofo tries the server out; nobody else gets into a room without admission
	elseif not answer or not answer.allow or answer.ends_at <= now() then
		module:log("info", "Room %s was not created: no admission", name);
		return deny(event, "not-allowed", "The room is not admitted");
	end
	room.telesalud = {
		name = name, instance = uuid(), created_at = now(), ceiling = ceiling,
		ends_at = answer.ends_at, max_occupants = answer.max_occupants,
		warn_seconds = answer.warn_seconds, language = answer.language,
		generations = answer.generations or {};
		participants = {}; -- bare JID -> { participant_id, generation, role, connection_id, joined_at }
	};
end, 90);

module:hook("muc-room-created", function (event)
	local state = event.room.telesalud;
	if state then limit.arm(state, limit_hooks(event.room, state)); end
end, 90);

-- A participant who comes back (a reloaded page) replaces the connection left behind.
local function replace_earlier(room, participant_id)
	local participants = room.telesalud.participants;
	for nick, occupant in room:each_occupant() do
		local earlier = participants[occupant.bare_jid];
		if earlier and earlier.participant_id == participant_id then
			earlier.left_because = "replaced";
			room:set_role(true, nick, nil, "Replaced by a newer connection");
		end
	end
end

local function count_others(room, participant_id)
	local participants, count = room.telesalud.participants, 0;
	for _, occupant in room:each_occupant() do
		local other = participants[occupant.bare_jid];
		if other and other.participant_id ~= participant_id then count = count + 1; end
	end
	return count;
end

module:hook("muc-occupant-pre-join", function (event)
	local room, stanza = event.room, event.stanza;
	local bare_jid = jid_bare(stanza.attr.from);
	if is_focus(bare_jid) then return; end
	local state, claims = room.telesalud, event.origin.telesalud_claims;
	if not state or not claims or claims.room ~= state.name then
		return deny(event, "not-allowed", "This token is for another room");
	elseif claims.expires_at <= now() then
		return deny(event, "not-allowed", "This token has expired");
	elseif claims.generation < (state.generations[claims.participant_id] or 1) then
		return deny(event, "not-allowed", "This token was revoked");
	elseif count_others(room, claims.participant_id) >= state.max_occupants then
		return deny(event, "service-unavailable", "The room is full");
	end
	replace_earlier(room, claims.participant_id);
	local affiliation = claims.moderator and "owner" or "none";
	room:set_affiliation(true, bare_jid, affiliation);
	event.occupant.role = room:get_default_role(affiliation);
	state.participants[bare_jid] = {
		participant_id = claims.participant_id;
		role = claims.moderator and "moderator" or "participant";
		connection_id = short_id();
		generation = claims.generation;
		joined_at = wire.format_time(now());
	};
end, 90);

-- After the events module (priority 0) has read who left.
module:hook("muc-occupant-left", function (event)
	local state = event.room.telesalud;
	if state then state.participants[event.occupant.bare_jid] = nil; end
end, -50);

module:hook("muc-room-destroyed", function (event)
	if event.room.telesalud then limit.disarm(event.room.telesalud); end
end, 50);

-- Moderation comes from the token alone: an owner may neither hand it on nor configure the room.
module:hook("muc-pre-set-affiliation", function (event)
	if not event.actor or is_focus(event.actor) then return; end
	event.allowed = false;
end, 90);
module:hook("iq-set/bare/http://jabber.org/protocol/muc#owner:query", function (event)
	if is_focus(event.stanza.attr.from) then return; end
	event.origin.send(st.error_reply(event.stanza, "auth", "forbidden"));
	return true;
end, 90);

local function describe(room)
	local state, participants = room.telesalud, array();
	for _, occupant in room:each_occupant() do
		local one = state.participants[occupant.bare_jid];
		if one then
			participants:push({
				participant_id = one.participant_id, role = one.role,
				connection_id = one.connection_id, joined_at = one.joined_at;
			});
		end
	end
	return {
		room = state.name, instance = state.instance, ends_at = wire.format_time(state.ends_at),
		occupants = #participants, participants = participants;
	};
end

local actions = {};
function actions.count(room) return describe(room); end
function actions.extend(room, request)
	move_end(room, request.ends_at);
	revoke(room, request.generations);
	return describe(room);
end
actions["end"] = function (room, request)
	local last = describe(room);
	end_room(room, request.cause or "control");
	return last;
end

-- The admission module starts no conference that nobody would guard.
module:hook("telesalud-ready/room", function () return true; end);

-- { action, room, ends_at?, cause? } from mod_telesalud_control; nil when there is no such room.
module:hook("telesalud-control", function (request)
	if request.action == "end" then withdraw(request.room); end
	local room = muc.get_room_from_jid(request.room .. "@" .. module.host);
	if not room or not room.telesalud then return nil; end
	return actions[request.action](room, request);
end);

-- A fresh answer about a running room: over means over, another end is the new end.
module:hook("telesalud-admission", function (event)
	local room = muc.get_room_from_jid(event.room .. "@" .. module.host);
	if not room or not room.telesalud then return; end
	if not event.answer.allow then
		end_room(room, "admission_withdrawn");
	else
		room.telesalud.max_occupants = event.answer.max_occupants;
		revoke(room, event.answer.generations);
		move_end(room, event.answer.ends_at);
	end
end);

-- Timers end with the module that set them: after a reload every running room gets its own again.
function module.load()
	for room in muc.each_room() do
		if room.telesalud then limit.arm(room.telesalud, limit_hooks(room, room.telesalud)); end
	end
end
