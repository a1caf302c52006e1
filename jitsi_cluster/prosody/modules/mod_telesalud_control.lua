-- Room control for the control plane: POST /telesalud/control on Prosody's internal HTTP port,
-- with a signed, short-lived, replay-safe request. Loaded on the main VirtualHost.
-- Replaces Jitsi's mod_muc_end_meeting and mod_muc_size.

local json = require "util.json";
local now = require "util.time".now;

local wire = module:require "telesalud_wire";

local muc_host = module:get_option_string("telesalud_muc", "muc." .. module.host);
local window = module:get_option_number("telesalud_control_window", 60);
local secrets = module:get_option_array("telesalud_control_secrets", {});
assert(#secrets > 0, "telesalud_control_secrets is empty");

local MAX_BODY = 4096;
local ACTIONS = { ["end"] = true, extend = true, count = true };
local served = {}; -- request_id -> { status, body }; a replay gets the first answer and does nothing

local function problem(status, kind)
	return status, json.encode({ type = "urn:telesalud:video:" .. kind, status = status });
end

local function parse(body)
	local ok, request = pcall(json.decode, body);
	if not ok or type(request) ~= "table" then return nil, "invalid-json"; end
	if not wire.is_opaque_id(request.request_id) then return nil, "invalid-request-id"; end
	if not wire.is_room(request.room) then return nil, "invalid-room"; end
	if not ACTIONS[request.action] then return nil, "invalid-action"; end
	if request.action == "extend" then
		request.ends_at = wire.parse_time(request.ends_at);
		if not request.ends_at then return nil, "invalid-end"; end
		if request.ends_at <= now() then return nil, "end-in-the-past"; end
		request.generations = wire.generations(request.generations);
		if not request.generations then return nil, "invalid-generations"; end
	end
	return request;
end

local function perform(request)
	local result = module:context(muc_host):fire_event("telesalud-control", {
		action = request.action, room = request.room, ends_at = request.ends_at,
		generations = request.generations, cause = "control";
	});
	if not result then
		-- Ending what is not there is done; the other two need a room.
		if request.action ~= "end" then return problem(404, "no-such-room"); end
		return 200, json.encode({ room = request.room, alive = false });
	end
	result.alive = request.action ~= "end";
	return 200, json.encode(result);
end

local function serve(event)
	local request, body = event.request, event.request.body or "";
	if #body > MAX_BODY then return problem(413, "too-large"); end
	local ok, reason = wire.verify(secrets, request.headers.x_telesalud_signature, now(), body, window);
	if not ok then
		module:log("warn", "Room control refused: %s", reason);
		return problem(401, reason);
	end
	local control, invalid = parse(body);
	if not control then return problem(400, invalid); end
	local earlier = served[control.request_id];
	if earlier then return earlier.status, earlier.body; end
	local status, answer = perform(control);
	served[control.request_id] = { status = status, body = answer };
	module:add_timer(2 * window, function () served[control.request_id] = nil; end);
	module:log("info", "Room control %s on %s: %d", control.action, control.room, status);
	return status, answer;
end

module:depends "http";
module:provides("http", {
	default_path = "/telesalud";
	route = {
		["POST /control"] = function (event)
			local status, body = serve(event);
			event.response.status_code = status;
			event.response.headers.content_type = status < 400 and "application/json" or "application/problem+json";
			return body;
		end;
	};
});
