/** Everything that the window says in English, apart from what the gate says. */
const number = new Intl.NumberFormat("en");

function span(seconds: number): string {
  return seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

export const en = {
  duoMode: "Duo mode",
  pushesGoTo: "Pushes go to",
  nobody: "No Duo user yet",

  lock: "Lock now",
  lockHint: "Deny every ask until you sign in again",
  signIn: "Sign in with Duo",
  cancelSignIn: "Cancel the sign-in",
  troubles: "Troubles",

  asking: "Asking now",
  arrived: (agent: string, title: string) => `${agent} asks: ${title}. Check your phone.`,
  checkPhone: (seconds: number) => `Check your phone: ${span(seconds)}`,
  onDevice: (device: string) => `It rings on ${device}`,
  typeCode: "Enter this on your phone",
  onItsWay: "On its way to your phone",
  next: "Next in line",
  behind: (asks: number) => `In line behind ${number.format(asks)}`,
  unanswered: "Unanswered",
  ringsAgain: (seconds: number) => `Unanswered. It rings again in ${span(seconds)}`,
  waits: (seconds: number) => `Waits ${span(seconds)} more`,
  reference: "Reference",
  deny: "Deny",
  denyThis: (code: string) => `Deny ${code}`,
  ringAgain: "Ring again",
  ringThisAgain: (code: string) => `Ring again for ${code}`,
  more: (lines: number) => (lines === 1 ? "Show 1 more line" : `Show ${number.format(lines)} more lines`),
  inLine: (asks: number) => `In line: ${number.format(asks)}`,

  empty: {
    not_set_up: {
      title: "Set up once",
      next: "Do what stands above, and the knob turns.",
      command: "",
    },
    off: {
      title: "Nothing rings your phone",
      next: "Turn the knob, or run this where your agent works.",
      command: "thumbturn on",
    },
    on: {
      title: "Nothing asks right now",
      next: "When an agent wants to do something risky, it stands here and your phone rings.",
      command: "",
    },
    sign_in_needed: {
      title: "Asks wait until you sign in",
      next: "Your phone rings again as soon as Duo knows you.",
      command: "",
    },
    locked: {
      title: "Every ask is denied",
      next: "Sign in at this desk to unlock.",
      command: "",
    },
    trouble: {
      title: "No phone can ring",
      next: "Mend what stands above, and asks go through again.",
      command: "",
    },
  },
};
