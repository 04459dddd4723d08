/** What a person sends to whoever looks after their Duo. Facts: Duo's documentation of the Auth API and the Web SDK. */
export const admin = () => ({
  open: "Send this to your admin",
  title: "For your Duo administrator",
  lead: "Two applications make Thumbturn work. Copy this, and send it to whoever can add them.",
  text: `Hello,

I would like to use Thumbturn: before an AI agent on my machine does something risky, my phone gets a Duo Push, and only my approval lets it go on. It needs two applications in the Duo Admin Panel.

1. Auth API
   It sends the pushes. I need: API hostname, integration key, secret key.

2. Web SDK
   It lets me sign in with Universal Prompt, under our policy. I need: client ID, client secret. The API hostname is the same.

Please set for both:
- Permitted groups: one group that holds only the people who use Thumbturn. For a single person, one group with that person.
- Self-service portal: off.
- A policy that always asks for a second factor. With remembered devices, a trusted network, or bypass, Duo asks nobody, and Thumbturn does not count that as a sign-in or an approval.
- Duo Push allowed. Verified Duo Push works too: the code is shown on my screen, and I enter it on the phone.

Please look at the lockout threshold too. It is 10 by default, and an unanswered push counts as a failed attempt. Thumbturn stops by itself after five unanswered pushes in a row. If accounts unlock by themselves, after 15 minutes for example, the risk is smaller that I am locked out of everything else.

Why the Auth API keys deserve care: whoever holds them can send a push to every user who may use that application, can enroll users through it, and can name any text on the push. That is why the application should be limited to one group, and belong to one machine or team. On my machine the keys lie in the desktop's keychain and in no file.

Please send the keys back in a shared vault or a one-time secret link, and tell me on another channel. Not by mail, and not in a chat that keeps a history.

Thank you.

Thumbturn works with Duo. It is not made, endorsed or supported by Duo or Cisco.
`,
});
