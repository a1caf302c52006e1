local jwt = require "telesalud_jwt";
local wire = require "telesalud_wire";
local json = require "util.json";
local base64 = require "util.encodings".base64;
local set = require "util.set";

local ROOM = ("ab"):rep(16);
local NOW = 1764000000;
local policy = { issuers = set.new { "telesalud" }, audiences = set.new { "jitsi" }, leeway = 5 };

local function b64url(text)
	return (base64.encode(text):gsub("+", "-"):gsub("/", "_"):gsub("=", ""));
end

local function claims(changes)
	local all = {
		iss = "telesalud", aud = "jitsi", room = ROOM, nbf = NOW - 10, exp = NOW + 60,
		context = { user = { id = "p-1", moderator = true } };
	};
	for key, value in pairs(changes or {}) do all[key] = value; end
	return all;
end

local function token(changes, header)
	return table.concat({
		b64url(json.encode(header or { alg = "RS256", kid = "k1" })), b64url(json.encode(claims(changes))), b64url("good");
	}, ".");
end

local function verify(text)
	return jwt.verify(text, policy, wire, NOW,
		function (kid) return kid == "k1" and "PEM" or nil; end,
		function (pem, _, signature) return pem == "PEM" and signature == "good"; end);
end

describe("a token", function ()
	it("that is right names the room, the participant and the role", function ()
		assert.same({ room = ROOM, participant_id = "p-1", generation = 1, moderator = true, expires_at = NOW + 60 },
			verify(token()));
	end);

	it("may list several audiences, one of which is ours", function ()
		assert.truthy(verify(token { aud = { "other", "jitsi" } }));
		assert.same({ nil, "wrong-audience" }, { verify(token { aud = { "other", "*" } }) });
	end);

	it("moderates only by an explicit claim", function ()
		for _, value in ipairs { false, 1, "yes", "false" } do
			assert.is_false(verify(token { context = { user = { id = "p", moderator = value } } }).moderator);
		end
		assert.is_true(verify(token { context = { user = { id = "p", moderator = "true" } } }).moderator);
	end);

	it("is early until nbf less the leeway and expired at exp without any", function ()
		assert.truthy(verify(token { nbf = NOW + 5 }));
		assert.same({ nil, "early" }, { verify(token { nbf = NOW + 6 }) });
		assert.same({ nil, "expired" }, { verify(token { exp = NOW }) });
		assert.same({ nil, "no-window" }, { verify(token { exp = "tomorrow" }) });
	end);

	it("of another algorithm, key or shape is refused before its key is looked up", function ()
		assert.same({ nil, "wrong-algorithm" }, { verify(token(nil, { alg = "HS256", kid = "k1" })) });
		assert.same({ nil, "no-key-id" }, { verify(token(nil, { alg = "RS256" })) });
		assert.same({ nil, "unknown-key" }, { verify(token(nil, { alg = "RS256", kid = "k2" })) });
		for _, bad in ipairs { "", "a.b", "a.b.c.d", "$.$.$", ("a"):rep(9000) } do
			assert.same({ nil, "malformed" }, { verify(bad) });
		end
		assert.same({ nil, "malformed" }, { verify(nil) });
	end);

	it("with a changed signature is refused", function ()
		assert.same({ nil, "bad-signature" }, { verify(token():gsub("[^.]+$", b64url("evil"))) });
	end);
end);
