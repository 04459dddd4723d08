/** The words of the page. Another language is a file beside `en.ts`, of the same shape, chosen here. */
import { en } from "./en";

export type Words = typeof en;

export const words: Words = en;
