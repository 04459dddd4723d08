import { expect, test } from "vitest";
import type { Connection, Setup, View } from "../generated/types";
import { done, goOn, hostname, REDIRECT_URIS, stepOf, verdict } from "./steps";

const blank: Setup = { connection: null, host: null, connecting: false, verification_code: null, failure: null, test: "untried" };
const connection: Connection = { host: "api-1.example", integration_key: "DI", way: "push", client_id: null, issuer: null, verified_push: null };
const out: View = { state: "not_set_up", mode: "off", headline: "", reach: null, who: null, session: null, sign_in: null, held_until: null, mode_until: null, waiting: [], troubles: [], grants: [], agents: [], offers: [] };
const signedIn: View = { ...out, state: "off", session: { user: "dana", way: "push", ends: 1, is_over: false } };
const over: View = { ...signedIn, session: { user: "dana", way: "push", ends: 1, is_over: true } };
const approved: Setup = { ...blank, connection, test: { approved: { device: "phone" } } };

test("steps are done in the order of what Duo confirmed", () => {
  const host = { host: "api-1.example", answers: true, words: "" };
  expect(done(blank, out, "")).toEqual([]);
  expect(done({ ...blank, host }, out, "https://API-1.example/")).toEqual(["host"]);
  expect(done({ ...blank, host }, out, "api-2.example")).toEqual([]);
  expect(done({ ...blank, connection }, out, "")).toEqual(["host", "keys", "way"]);
  expect(done({ ...blank, connection }, over, "")).toEqual(["host", "keys", "way"]);
  expect(done({ ...blank, connection }, signedIn, "")).toEqual(["host", "keys", "way", "sign_in"]);
  expect(done(approved, signedIn, "")).toEqual(["host", "keys", "way", "sign_in", "test"]);
  const seen = { agent: "claude" as const, name: "Claude Code", seen_at: 1, seen: "2 s ago" };
  expect(done(approved, { ...signedIn, agents: [seen] }, "")).toEqual(["host", "keys", "way", "sign_in", "test", "agent"]);
  expect(done({ ...blank, test: { failed: { words: "" } } }, out, "")).toEqual([]);
});

test("a person goes on where something is left", () => {
  expect(goOn(blank, out)).toBe("host");
  expect(goOn({ ...blank, connection, connecting: true }, signedIn)).toBe("way");
  expect(goOn({ ...blank, connection }, out)).toBe("sign_in");
  expect(goOn({ ...blank, connection }, over)).toBe("sign_in");
  expect(goOn({ ...blank, connection }, signedIn)).toBe("test");
  expect(goOn({ ...blank, failure: { field: "integration_key", words: "" } }, out)).toBe("keys");
  expect(goOn({ ...blank, connection, failure: { field: "integration_key", words: "" } }, signedIn)).toBe("test");
});

test("every field has its step, and what has none is told at the last", () => {
  const fields = ["host", "ca", "integration_key", "secret_key", "client_id", "client_secret", "issuer", null] as const;
  expect(fields.map(stepOf)).toEqual(["host", "host", "keys", "keys", "way", "way", "way", "way"]);
});

test("a hostname is what is left of whatever was pasted", () => {
  const typed = [" https://API-1234.duosecurity.com/frame?x=1 ", "http://localhost:8443/#a", "api-1.example"];
  expect(typed.map(hostname)).toEqual(["api-1234.duosecurity.com", "localhost:8443", "api-1.example"]);
});

test("a verdict is for the hostname in the field, and for no other", () => {
  const checked = (answers: boolean | null): Setup => ({ ...blank, host: { host: "api-1.example", answers, words: "" } });
  expect(verdict(checked(null), "api-1.example")).toBe("checking");
  expect(verdict(checked(true), "API-1.example ")).toBe("answers");
  expect(verdict(checked(false), "api-1.example")).toBe("fails");
  expect(verdict(checked(true), "api-1.exampl")).toBe("none");
  expect(verdict(checked(true), "")).toBe("none");
  expect(verdict(blank, "api-1.example")).toBe("none");
});

test("the redirect URIs are the registered three", () => {
  expect(REDIRECT_URIS).toEqual(["http://localhost:28631/callback", "http://localhost:28632/callback", "http://localhost:28633/callback"]);
});
