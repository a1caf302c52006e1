// What security and privacy depend on is served here, not passed in URL overrides.
// Appended to the config.js of Jitsi's image, so `config` exists already.

// Nothing is fetched from or told to anybody else.
config.disableThirdPartyRequests = true;
config.analytics = { disabled: true };
config.gravatar = { disabled: true };
config.giphy = { enabled: false };
config.callStatsID = '';
config.enableCalendarIntegration = false;
config.speakerStats = { disabled: true };
config.doNotStoreRoom = true;

// Nothing is recorded, streamed or written down.
config.recordingService = { enabled: false, sharingEnabled: false, hideStorageWarning: true };
config.localRecording = { disable: true, notifyAllParticipants: false, disableSelfRecording: true };
config.liveStreaming = { enabled: false };
config.transcription = { enabled: false };
config.fileRecordingsEnabled = false;

// People come in by their own link: no invitations, no other rooms, no names to change.
config.disableInviteFunctions = true;
config.disableDeepLinking = true;
config.enableClosePage = false;
config.enableWelcomePage = false;
config.readOnlyName = true;
config.requireDisplayName = false;
config.prejoinConfig = { enabled: false };
config.lobby = { autoKnock: false, enableChat: false };
config.securityUi = { hideLobbyButton: true, disableLobbyPassword: true };
config.breakoutRooms = { hideAddRoomButton: true, hideAutoAssignButton: true, hideJoinRoomButton: true };
config.disablePolls = true;
config.disableReactions = true;
config.whiteboard = { enabled: false };

// The server can end a call only while it carries it, so the direct path is off unless ENABLE_P2P=1
// says otherwise; then it goes through our TURN server, hides addresses, and asks no other STUN.
config.p2p = Object.assign({}, config.p2p, { iceTransportPolicy: 'relay', stunServers: [] });
config.useTurnUdp = true;

// The conference request must go over XMPP: the admission module stands there.
delete config.conferenceRequestUrl;

// Weak links: start modestly, keep the voice.
config.constraints = { video: { height: { ideal: 720, max: 720, min: 180 } } };
config.resolution = 720;
config.disableSimulcast = false;
config.channelLastN = 4;

// End-to-end encryption is offered where the browser can; docs/jitsi.md says what it costs.
config.e2ee = { externallyManagedKey: false };

config.defaultLanguage = 'es';
config.toolbarButtons = [
    'microphone', 'camera', 'desktop', 'select-background', 'tileview', 'settings', 'fullscreen',
    'security', 'e2ee', 'hangup'
];
