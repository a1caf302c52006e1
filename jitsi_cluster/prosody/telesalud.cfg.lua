-- Settings of the telesalud modules, from the environment. Read in Prosody's global section by
-- GLOBAL_CONFIG=Include "/telesalud/telesalud.cfg.lua"; every variable is explained in docs/jitsi.md.

telesalud_api_base = ENV_TELESALUD_API_BASE
telesalud_outbound_secret = ENV_TELESALUD_OUTBOUND_SECRET
telesalud_control_secrets = { ENV_TELESALUD_CONTROL_SECRET, ENV_TELESALUD_CONTROL_SECRET_PREVIOUS }
telesalud_shard = ENV_TELESALUD_SHARD or "shard-1"
-- On a volume: the data directory of the image is a tmpfs.
telesalud_journal = ENV_TELESALUD_JOURNAL or "/var/lib/telesalud/events.journal"
telesalud_muc = ENV_XMPP_MUC_DOMAIN or "muc.meet.jitsi"
telesalud_focus_component = "focus." .. (ENV_XMPP_DOMAIN or "meet.jitsi")
telesalud_focus_jid = "focus@" .. (ENV_XMPP_AUTH_DOMAIN or "auth.meet.jitsi")
-- Who else than this host may ask for /health: balancer and scaler. The image's mod_http_health
-- answers 403 to everybody else.
http_health_allow_cidr = ENV_TELESALUD_HEALTH_CIDR
