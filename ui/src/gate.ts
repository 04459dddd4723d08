/** The two things that the page may do: hear what to show, and say what was clicked and typed. */
import { Channel, invoke } from "@tauri-apps/api/core";
import type { Click, Said, Shown } from "./generated/types";

export function follow(heard: (shown: Shown) => void): void {
  const page = new Channel<Shown>();
  page.onmessage = heard;
  void invoke("follow", { page });
}

export function say(said: Said): void {
  void invoke("say", { said });
}

export function send(click: Click): void {
  say({ click });
}
