/** Asking for consent, and taking it back: fetched beside the first answer, or when it is wanted. */
export { Ask } from './ask';
export { Withdraw } from './withdraw';
