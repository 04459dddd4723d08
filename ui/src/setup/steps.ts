/** Which steps of Setup are done, and where a person goes on. */
import type { Field, Setup, View, Waiting } from "../generated/types";

export const STEPS = ["host", "keys", "way", "sign_in", "test", "agent"] as const;
export type Step = (typeof STEPS)[number];

/** The ports that a Duo Single Sign-On application is registered with, of which one is free when it is needed. */
export const REDIRECT_URIS = [28631, 28632, 28633].map((port) => `http://localhost:${port}/callback`);

export function isSignedIn(view: View): boolean {
  return view.session !== null && !view.session.is_over;
}

/** What waits in the line and is no agent's, but the gate's own. */
export function isTest(waiting: Waiting): boolean {
  return waiting.agent === "Thumbturn";
}

/** `typed` is the hostname as it stands in its field. The last step is done once an agent has called the gate. */
export function done(setup: Setup, view: View, typed: string): Step[] {
  const connected = setup.connection !== null;
  return STEPS.filter((step) => {
    switch (step) {
      case "host":
        return connected || verdict(setup, typed) === "answers";
      case "keys":
      case "way":
        return connected;
      case "sign_in":
        return connected && isSignedIn(view);
      case "test":
        return typeof setup.test === "object" && "approved" in setup.test;
      case "agent":
        return view.agents.length > 0;
    }
  });
}

/** The first step that is left to do. */
export function goOn(setup: Setup, view: View): Step {
  if (setup.connecting) return "way";
  if (setup.failure && setup.connection === null) return stepOf(setup.failure.field);
  if (setup.connection === null) return "host";
  return isSignedIn(view) ? "test" : "sign_in";
}

export function stepOf(field: Field | null): Step {
  switch (field) {
    case "host":
    case "ca":
      return "host";
    case "integration_key":
    case "secret_key":
      return "keys";
    case "client_id":
    case "client_secret":
    case "issuer":
    case null:
      return "way";
  }
}

/** As Duo writes it: what is pasted from a browser brings a scheme and a path along. */
export function hostname(typed: string): string {
  return typed.trim().replace(/^https?:\/\//i, "").replace(/[/?#].*$/, "").toLowerCase();
}

export type Verdict = "none" | "checking" | "answers" | "fails";

/** What Duo said of the hostname that stands in the field, and of no other. */
export function verdict({ host }: Setup, typed: string): Verdict {
  if (!host || typed === "" || hostname(host.host) !== hostname(typed)) return "none";
  if (host.answers === null) return "checking";
  return host.answers ? "answers" : "fails";
}
