// Branding. Appended to the interface_config.js of Jitsi's image.
interfaceConfig.APP_NAME = 'Telesalud';
interfaceConfig.NATIVE_APP_NAME = 'Telesalud';
interfaceConfig.PROVIDER_NAME = 'Telesalud';
interfaceConfig.DEFAULT_LOCAL_DISPLAY_NAME = 'yo';
interfaceConfig.DEFAULT_REMOTE_DISPLAY_NAME = 'Participante';
interfaceConfig.SHOW_JITSI_WATERMARK = false;
interfaceConfig.SHOW_POWERED_BY = false;
interfaceConfig.SHOW_PROMOTIONAL_CLOSE_PAGE = false;
interfaceConfig.MOBILE_APP_PROMO = false;
interfaceConfig.DISABLE_PRESENCE_STATUS = true;
