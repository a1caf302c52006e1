"""Two real Chromium browsers hold a call that goes through coturn only, in a network of its own.

    unshare --net python -m tests.jitsi.relay_call DIRECTORY

Prints one JSON object: what the browsers saw with valid and with expired credentials.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from jitsi_cluster.harness.turn_server import coturn, credentials

PORT = 3500
RELAY = range(10060, 10090)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
]
ORIGIN = "http://localhost/"

PAGE = """<!doctype html><video id="remote" autoplay playsinline muted></video><script>
async function prepare(server) {
  window.pc = new RTCPeerConnection({ iceServers: [server], iceTransportPolicy: 'relay' });
  window.errors = [];
  pc.onicecandidateerror = (e) => errors.push(e.errorCode);
  pc.ontrack = (e) => { document.getElementById('remote').srcObject = e.streams[0]; };
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  for (const track of media.getTracks()) pc.addTrack(track, media);
}
async function gathered() {
  if (pc.iceGatheringState !== 'complete') {
    await new Promise((done) => {
      const check = () => pc.iceGatheringState === 'complete' && done();
      pc.addEventListener('icegatheringstatechange', check);
      setTimeout(done, 8000);
    });
  }
  return pc.localDescription.sdp;
}
async function offer() {
  await pc.setLocalDescription(await pc.createOffer());
  return gathered();
}
async function answer(sdp) {
  await pc.setRemoteDescription({ type: 'offer', sdp });
  await pc.setLocalDescription(await pc.createAnswer());
  return gathered();
}
async function accept(sdp) { await pc.setRemoteDescription({ type: 'answer', sdp }); }
async function measure() {
  const stats = new Map([...(await pc.getStats())]);
  const all = [...stats.values()];
  const pair = all.find(
    (s) => s.type === 'candidate-pair' && s.nominated && s.state === 'succeeded');
  const video = all.find((s) => s.type === 'inbound-rtp' && s.kind === 'video');
  return {
    state: pc.connectionState,
    local: pair ? stats.get(pair.localCandidateId).candidateType : null,
    remote: pair ? stats.get(pair.remoteCandidateId).candidateType : null,
    frames: video ? video.framesDecoded : 0,
    width: video ? video.frameWidth : 0,
  };
}
</script>"""


def open_page(browser: Browser) -> Page:
    page = browser.new_context(permissions=["camera", "microphone"]).new_page()
    page.route(ORIGIN, lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto(ORIGIN)
    return page


def ice_server(lifetime: float) -> dict[str, str]:
    user, password = credentials(lifetime=lifetime)
    return {
        "urls": f"turn:127.0.0.1:{PORT}?transport=udp",
        "username": user,
        "credential": password,
    }


def call(caller: Page, callee: Page) -> list[dict[str, Any]]:
    """Connects both pages and measures twice, three seconds apart."""
    for page in (caller, callee):
        page.evaluate("server => prepare(server)", ice_server(600))
    offer = caller.evaluate("offer()")
    caller.evaluate("sdp => accept(sdp)", callee.evaluate("sdp => answer(sdp)", offer))
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if all(page.evaluate("pc.connectionState") == "connected" for page in (caller, callee)):
            break
        time.sleep(0.2)
    time.sleep(1)
    first = [page.evaluate("measure()") for page in (caller, callee)]
    time.sleep(3)
    second = [page.evaluate("measure()") for page in (caller, callee)]
    return [
        {**late, "frames_per_second": (late["frames"] - early["frames"]) / 3}
        for early, late in zip(first, second, strict=True)
    ]


def expired(page: Page) -> dict[str, Any]:
    page.evaluate("server => prepare(server)", ice_server(-60))
    sdp = page.evaluate("offer()")
    return {"candidates": sdp.count("a=candidate"), "errors": page.evaluate("errors")}


def main(directory: Path) -> int:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with (
        coturn(directory, PORT, RELAY, peers="127.0.0.1"),
        sync_playwright() as playwright,
    ):
        browsers = [
            playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
            for _ in range(2)
        ]
        caller, callee = (open_page(browser) for browser in browsers)
        result = {"call": call(caller, callee), "expired": expired(open_page(browsers[0]))}
        for browser in browsers:
            browser.close()
    sys.stdout.write(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
