-- Test stand-in for the component that passes clients' requests to the logged-in focus user.
local jid_bare = require "util.jid".bare;
local st = require "util.stanza";
local uuid = require "util.uuid".generate;

local focus_user, focus_host = module:get_option_string("target_address"):match("^([^@]+)@(.+)$");
local pending = {};

local function focus_session()
	local user = prosody.hosts[focus_host].sessions[focus_user];
	return user and select(2, next(user.sessions));
end

module:hook("iq/host", function (event)
	local stanza = st.clone(event.stanza);
	if jid_bare(stanza.attr.from) == focus_user .. "@" .. focus_host then
		local asked = pending[stanza.attr.id];
		if not asked then return; end
		pending[stanza.attr.id] = nil;
		stanza.attr.from, stanza.attr.to, stanza.attr.id = module.host, asked.from, asked.id;
	else
		local focus = focus_session();
		if not focus then return; end
		local id = uuid();
		pending[id] = { from = stanza.attr.from, id = stanza.attr.id };
		stanza.attr.from, stanza.attr.to, stanza.attr.id = module.host, focus.full_jid, id;
	end
	module:send(stanza);
	return true;
end, 100);
