// A citizen channel in a few lines: sign what is sent, check what is told. Node 20 or newer.
import { createHmac, timingSafeEqual } from 'node:crypto';

const mac = (secret, at, body) => createHmac('sha256', secret).update(`${at}.`).update(body).digest('hex');

/** The value of `Telesalud-Signature`. */
export function signature(secret, body, at) {
  return `t=${at},v1=${mac(secret, at, body)}`;
}

/** Send one citizen's triage; the receipt. The same message may be sent again after a failure. */
export async function send(address, secret, message) {
  const body = Buffer.from(JSON.stringify(message));
  const headers = {
    'Content-Type': 'application/json',
    'Telesalud-Signature': signature(secret, body, Math.floor(Date.now() / 1000)),
  };
  const answer = await fetch(address, { method: 'POST', headers, body });
  if (answer.status !== 202) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Whether a webhook comes from Telesalud, within five minutes. */
export function isGenuine(secret, header, body, now) {
  const match = /^t=([0-9]{1,12})((?:,v1=[0-9a-f]{64})+)$/.exec(header);
  if (!match || Math.abs(now - Number(match[1])) > 300) return false;
  const expected = Buffer.from(mac(secret, match[1], body));
  return match[2]
    .split(',v1=')
    .slice(1)
    .some((given) => timingSafeEqual(expected, Buffer.from(given)));
}
