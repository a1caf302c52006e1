-- What both directions of the control-plane contract share: RFC 3339 times, the shape of a
-- room name and of an opaque id, and the signature header. See jitsi_cluster/contract.md.

local hmac_sha256 = require "util.hashes".hmac_sha256;
local equals = require "util.hashes".equals; -- constant time

local wire = {};

wire.SIGNATURE_HEADER = "X-Telesalud-Signature";
wire.END_REASON = "The meeting has been terminated"; -- the text Jitsi's web app hangs up on

-- A room name is 128 random bits in lowercase hexadecimal, nothing else.
function wire.is_room(name)
	return type(name) == "string" and #name == 32 and not name:find("[^0-9a-f]");
end

-- An opaque id has no room for a name with blanks or an e-mail address.
function wire.is_opaque_id(id)
	return type(id) == "string" and #id >= 1 and #id <= 64 and not id:find("[^%w_-]");
end

-- Days since 1970-01-01 of a proleptic Gregorian date (os.time would use the local zone).
-- { participant_id = the least generation of a token that counts }; nil for anything else.
function wire.generations(given)
	if given == nil then return {}; end
	if type(given) ~= "table" then return nil; end
	local read = {};
	for id, generation in pairs(given) do
		if not wire.is_opaque_id(id) or type(generation) ~= "number" then return nil; end
		read[id] = generation;
	end
	return read;
end

local function days_from_civil(y, m, d)
	if m <= 2 then y = y - 1; end
	local era = y // 400;
	local yoe = y - era * 400;
	local doy = (153 * (m + (m > 2 and -3 or 9)) + 2) // 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719468;
end

-- RFC 3339 to seconds since the epoch with fraction; nil for anything else.
function wire.parse_time(text)
	if type(text) ~= "string" then return nil; end
	local y, mo, d, h, mi, s, frac, zone =
		text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)[Tt](%d%d):(%d%d):(%d%d)(%.?%d*)([Zz+-].*)$");
	if not y or frac == "." then return nil; end
	local offset = 0;
	if zone ~= "Z" and zone ~= "z" then
		local sign, oh, om = zone:match("^([+-])(%d%d):(%d%d)$");
		if not sign then return nil; end
		offset = (tonumber(oh) * 60 + tonumber(om)) * 60 * (sign == "-" and -1 or 1);
	end
	y, mo, d, h, mi, s = tonumber(y), tonumber(mo), tonumber(d), tonumber(h), tonumber(mi), tonumber(s);
	if mo < 1 or mo > 12 or d < 1 or d > 31 or h > 23 or mi > 59 or s > 60 then return nil; end
	local fraction = frac ~= "" and tonumber("0" .. frac) or 0;
	return days_from_civil(y, mo, d) * 86400 + h * 3600 + mi * 60 + s + fraction - offset;
end

-- Seconds since the epoch to RFC 3339 in UTC with milliseconds.
function wire.format_time(seconds)
	local ms = math.floor(seconds * 1000 + 0.5);
	return os.date("!%Y-%m-%dT%H:%M:%S", ms // 1000) .. string.format(".%03dZ", ms % 1000);
end

-- "t=<unix seconds>,v1=<hex HMAC-SHA256 of '<t>.<body>'>"
function wire.sign(secret, now, body)
	local t = string.format("%d", math.floor(now));
	return "t=" .. t .. ",v1=" .. hmac_sha256(secret, t .. "." .. body, true);
end

-- True, or nil and why. `secrets` is a list so that a key can be rotated without a gap.
function wire.verify(secrets, header, now, body, window)
	local t, signature = (header or ""):match("^t=(%d+),v1=(%x+)$");
	if not t then return nil, "missing-signature"; end
	if math.abs(now - tonumber(t)) > window then return nil, "stale-signature"; end
	for _, secret in ipairs(secrets) do
		if equals(hmac_sha256(secret, t .. "." .. body, true), signature) then return true; end
	end
	return nil, "bad-signature";
end

return wire;
