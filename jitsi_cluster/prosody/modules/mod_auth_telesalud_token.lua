-- Login of a participant: SASL ANONYMOUS whose permission is the RS256 token in the WebSocket or
-- BOSH address (?room=R&token=T), as Jitsi's web app sends it.
-- Replaces Jitsi's mod_auth_token on the main VirtualHost (JWT_AUTH_TYPE=telesalud_token).

local async = require "util.async";
local formdecode = require "util.http".formdecode;
local http = require "net.http";
local random_id = require "util.id".medium;
local now = require "util.time".now;
local sha256 = require "util.hashes".sha256;
local pkey = require "openssl.pkey";
local digest = require "openssl.digest";

local wire = module:require "telesalud_wire";
local jwt = module:require "telesalud_jwt";

-- The second names are the options that Jitsi's image writes from JWT_ACCEPTED_ISSUERS,
-- JWT_ACCEPTED_AUDIENCES and JWT_ASAP_KEYSERVER.
local issuers = module:get_option_set("telesalud_jwt_issuers", {})
	+ module:get_option_set("asap_accepted_issuers", {});
local audiences = module:get_option_set("telesalud_jwt_audiences", {})
	+ module:get_option_set("asap_accepted_audiences", {});
audiences:remove("*"); -- an audience that admits every audience is no check
local key_dir = module:get_option_string("telesalud_jwt_key_dir");
local key_server = module:get_option_string("asap_key_server");
local key_ttl = module:get_option_number("telesalud_jwt_key_ttl", 3600);
local key_timeout = module:get_option_number("telesalud_jwt_key_timeout", 5);
local policy = {
	issuers = issuers;
	audiences = audiences;
	subject = module:get_option_string("telesalud_jwt_subject");
	leeway = module:get_option_number("telesalud_jwt_leeway", 5);
};
assert(key_dir or key_server, "set telesalud_jwt_key_dir or asap_key_server (JWT_ASAP_KEYSERVER)");
assert(not issuers:empty(), "no accepted issuer is configured (JWT_ACCEPTED_ISSUERS)");
assert(not audiences:empty(), "no accepted audience is configured (JWT_ACCEPTED_AUDIENCES)");

local keys = {}; -- file name of the key -> { key = public key, stale_at = seconds }
local BUDGET = 600; -- look-ups of unknown keys a minute, so that a flood stays bearable
local unknown_budget = BUDGET;
module:add_timer(60, function () unknown_budget = BUDGET; return 60; end);

local function read_key(name)
	local file = key_dir and io.open(key_dir .. "/" .. name, "rb");
	if not file then return nil; end
	local pem = file:read("a");
	file:close();
	return pem;
end

-- The key published at the ASAP path; waits without blocking other sessions.
local function fetch_key(name)
	if not key_server or not async.ready() then return nil; end
	local wait, done = async.waiter();
	local pem, finished;
	local function finish(result)
		if finished then return; end
		finished, pem = true, result;
		done();
	end
	http.request(key_server .. "/" .. name, nil, function (body, code)
		if code ~= 200 then
			module:log("warn", "Key server answered %s for a token key", code);
		end
		finish(code == 200 and body or nil);
	end);
	local timer = module:add_timer(key_timeout, function () finish(nil); end);
	wait();
	timer:stop();
	return pem;
end

local function key_for(kid)
	local name = sha256(kid, true) .. ".pem";
	local known = keys[name];
	if known and known.stale_at > now() then return known.key; end
	if not known then
		if unknown_budget <= 0 then return nil; end
		unknown_budget = unknown_budget - 1;
	end
	local pem = read_key(name) or fetch_key(name);
	local ok, key = pcall(pkey.new, pem or "");
	if pem and ok then
		keys[name] = { key = key, stale_at = now() + key_ttl };
		return key;
	end
	if pem then module:log("error", "Token key cannot be used: %s", key); end
	return known and known.key; -- the server is away: the last good key goes on
end

local function verify_rs256(key, input, signature)
	local ok, good = pcall(key.verify, key, signature, digest.new("sha256"):update(input));
	return ok and good; -- OpenSSL raises an error for some malformed signatures
end

local function remember_query(event)
	local session, request = event.session, event.request;
	local query = request.url and request.url.query;
	local params = query and formdecode(query) or {};
	session.auth_token = params.token;
	session.jitsi_web_query_room = params.room; -- read by other Jitsi modules under this name
end
module:hook_global("websocket-session", remember_query);
module:hook_global("bosh-session", remember_query);

local function login(session)
	local claims, reason = jwt.verify(session.auth_token, policy, wire, now(), key_for, verify_rs256);
	session.auth_token = nil; -- the token is of no use after this and must not reach a log
	if claims and session.jitsi_web_query_room and session.jitsi_web_query_room ~= claims.room then
		claims, reason = nil, "other-room";
	end
	if not claims then
		module:log("info", "Login refused: %s", reason);
		return nil, reason;
	end
	session.telesalud_claims = claims;
	session.jitsi_meet_room = claims.room;
	session.jitsi_meet_context_user = { id = claims.participant_id };
	session.jitsi_meet_context_features = {};
	return claims;
end

local handler = {};
handler.__index = handler;

local function new_handler(session)
	return setmetatable({ session = session, profile = {} }, handler);
end

function handler.mechanisms() return { ANONYMOUS = true }; end

function handler:select(mechanism)
	if mechanism ~= "ANONYMOUS" then return nil; end
	self.selected = mechanism;
	return true;
end

function handler:process()
	local claims, reason = login(self.session);
	if not claims then return "failure", "not-authorized", reason; end
	self.username = random_id():lower(); -- a new opaque JID for every login
	return "success";
end

function handler:clean_clone() return new_handler(self.session); end

local provider = {};
local function unsupported() return nil, "accounts are not kept here"; end
provider.test_password, provider.get_password, provider.set_password = unsupported, unsupported, unsupported;
provider.create_user, provider.delete_user, provider.user_exists = unsupported, unsupported, unsupported;
function provider.users() return function () end; end
function provider.get_sasl_handler(session) return new_handler(session); end

-- Nobody logged in by a token may reach another server.
module:hook("route/remote", function () return false; end, 300);

module:provides("auth", provider);
