-- Checks of a participant token (RFC 7519, RS256 only). Pure: the key lookup and the RSA
-- verification are handed in, so the rules can be tested without a server.

local json = require "util.json";
local base64 = require "util.encodings".base64;

local jwt = {};

local function decode_base64url(text)
	if text:find("[^%w_-]") then return nil; end
	text = text:gsub("-", "+"):gsub("_", "/");
	return base64.decode(text .. ("="):rep(-#text % 4));
end

local function decode_json(text)
	local raw = decode_base64url(text);
	local value = raw and json.decode(raw);
	return type(value) == "table" and value or nil;
end

-- header, claims, signing input, signature; or nil and why.
function jwt.parse(token)
	if type(token) ~= "string" or #token > 8192 then return nil, "malformed"; end
	local head, body, signature = token:match("^([^.]+)%.([^.]+)%.([^.]+)$");
	if not head then return nil, "malformed"; end
	local header, claims, raw = decode_json(head), decode_json(body), decode_base64url(signature);
	if not (header and claims and raw) then return nil, "malformed"; end
	return header, claims, head .. "." .. body, raw;
end

local function accepts(accepted, claim)
	if type(claim) == "string" then return accepted:contains(claim); end
	if type(claim) == "table" then
		for _, one in ipairs(claim) do
			if type(one) == "string" and accepted:contains(one) then return true; end
		end
	end
	return false;
end

-- policy: { issuers = set, audiences = set, subject = string or nil, leeway = seconds }
-- Returns { room, participant_id, generation, moderator, expires_at } or nil and why. A token
-- without a generation is of the first.
function jwt.check_claims(claims, policy, wire, now)
	if not accepts(policy.issuers, claims.iss) then return nil, "wrong-issuer"; end
	if not accepts(policy.audiences, claims.aud) then return nil, "wrong-audience"; end
	if policy.subject and claims.sub ~= policy.subject then return nil, "wrong-subject"; end
	if type(claims.nbf) ~= "number" or type(claims.exp) ~= "number" then return nil, "no-window"; end
	if now + policy.leeway < claims.nbf then return nil, "early"; end
	if now >= claims.exp then return nil, "expired"; end
	if not wire.is_room(claims.room) then return nil, "inexact-room"; end -- wildcards end here
	local user = type(claims.context) == "table" and claims.context.user;
	if type(user) ~= "table" or not wire.is_opaque_id(user.id) then return nil, "no-participant"; end
	local generation = user.generation == nil and 1 or user.generation;
	if type(generation) ~= "number" then return nil, "no-participant"; end
	return {
		room = claims.room;
		participant_id = user.id;
		generation = generation;
		moderator = user.moderator == true or user.moderator == "true";
		expires_at = claims.exp;
	};
end

-- Full verification. `key_for(kid)` gives a public key or nil; `verify(key, input, signature)`
-- gives true when the RS256 signature is good. Claims come first: a key is only looked up for a
-- token that could be accepted.
function jwt.verify(token, policy, wire, now, key_for, verify)
	local header, claims, input, signature = jwt.parse(token);
	if not header then return nil, claims; end
	if header.alg ~= "RS256" then return nil, "wrong-algorithm"; end
	if type(header.kid) ~= "string" or #header.kid > 256 then return nil, "no-key-id"; end
	local admitted, reason = jwt.check_claims(claims, policy, wire, now);
	if not admitted then return nil, reason; end
	local key = key_for(header.kid);
	if not key then return nil, "unknown-key"; end
	if not verify(key, input, signature) then return nil, "bad-signature"; end
	return admitted;
end

return jwt;
