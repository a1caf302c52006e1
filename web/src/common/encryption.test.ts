import { beforeEach, describe, expect, test } from 'vitest';
import { EncryptionAgreement, type Encryption, type EncryptionSignal } from './encryption';

/** A page: what it shows, what it told its frame, and a channel to the other page. */
class Page {
  states: Encryption[] = [];
  applied: boolean[] = [];
  readonly agreement: EncryptionAgreement;

  constructor(leads: boolean, able: boolean, send: (signal: EncryptionSignal) => void) {
    this.agreement = new EncryptionAgreement({
      leads,
      able,
      send,
      apply: (on) => this.applied.push(on),
      tell: (state) => this.states.push(state),
    });
  }

  get state(): Encryption | undefined {
    return this.states.at(-1);
  }
}

let doctor: Page;
let patient: Page;
let sent: EncryptionSignal[];

/** The other page may not be there yet. */
function tell(page: Page | undefined, signal: EncryptionSignal): void {
  page?.agreement.hear(signal);
}

const newDoctor = (able = true) =>
  new Page(true, able, (signal) => {
    sent.push(signal);
    tell(patient, signal);
  });
const newPatient = (able = true) =>
  new Page(false, able, (signal) => {
    sent.push(signal);
    tell(doctor, signal);
  });

beforeEach(() => {
  sent = [];
  [doctor, patient] = [newDoctor(), newPatient()];
});

function bothIn(): void {
  doctor.agreement.joined();
  patient.agreement.joined();
}

describe('end-to-end encryption', () => {
  test('is not offered before the other side is in the room', () => {
    patient = undefined as unknown as Page;
    doctor.agreement.joined();
    doctor.agreement.ask();
    expect([doctor.state, doctor.applied]).toEqual(['alone', []]);
  });

  test('is on at both sides or at neither', () => {
    bothIn();
    doctor.agreement.ask();
    expect([doctor.state, patient.state]).toEqual(['on', 'on']);
    expect([doctor.applied, patient.applied]).toEqual([[true], [true]]);
    doctor.agreement.turnOff();
    expect([doctor.state, patient.state]).toEqual(['off', 'off']);
    expect([doctor.applied.at(-1), patient.applied.at(-1)]).toEqual([false, false]);
  });

  test('is not turned on when the other browser cannot decrypt', () => {
    patient = newPatient(false);
    bothIn();
    doctor.agreement.ask();
    expect([doctor.state, patient.state]).toEqual(['refused', 'unable']);
    expect([doctor.applied, patient.applied]).toEqual([[false], []]);
  });

  test('goes on after the patient loaded the page again', () => {
    bothIn();
    doctor.agreement.ask();
    patient = newPatient();
    patient.agreement.joined();
    expect([doctor.state, patient.state]).toEqual(['on', 'on']);
    expect(patient.applied).toEqual([true]);
  });

  test('goes on after the practitioner loaded the page again', () => {
    bothIn();
    doctor.agreement.ask();
    doctor = newDoctor();
    doctor.agreement.joined();
    expect([doctor.state, patient.state]).toEqual(['on', 'on']);
    expect(doctor.applied).toEqual([true]);
  });

  test('is not turned on by signals that were meant for an earlier page', () => {
    bothIn();
    doctor.agreement.ask();
    doctor.agreement.turnOff();
    const old = [...sent];
    patient = newPatient();
    old.forEach((signal) => patient.agreement.hear(signal));
    expect(patient.applied).toEqual([]);
  });

  test('is never turned on by the patient’s page for the practitioner', () => {
    bothIn();
    patient.agreement.ask();
    expect(doctor.applied).toEqual([]);
  });
});
