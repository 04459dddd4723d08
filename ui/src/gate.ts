/** The two things that the page may do: hear views and send clicks. */
import { Channel, invoke } from "@tauri-apps/api/core";
import type { Click, View } from "./generated/types";

export function follow(heard: (view: View) => void): void {
  const page = new Channel<View>();
  page.onmessage = heard;
  void invoke("follow", { page });
}

export function send(click: Click): void {
  void invoke("click", { click });
}
