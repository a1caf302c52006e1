-- Stands in for Jitsi's module of this name, which Debian does not have: the same page with the same
-- two options, for this host and for one network. It looks at no other module's state.

local address = require "util.ip";

module:set_global();
module:depends("http");

local here = module:get_option_set("http_health_allow_ips", { "::1", "127.0.0.1" });
local network = module:get_option_string("http_health_allow_cidr");

local function is_allowed(from)
    if here:contains(from) then return true; end
    return network ~= nil and address.match(address.new_ip(from), address.parse_cidr(network));
end

module:provides("http", {
    default_path = "/health";
    route = {
        GET = function(event)
            return is_allowed(event.request.ip) and 200 or 403;
        end;
    };
});
