// What every client of the tests is given, and how it is held to the truth: the server's storage.

import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const { env } = process;
export const { HTTP, HTTPS } = env;
export const keys = {
    key: env.PREFLIGHT_API_KEY,
    secret: env.PREFLIGHT_API_SECRET,
    token: env.PREFLIGHT_ACCESS_TOKEN,
    tokenSecret: env.PREFLIGHT_ACCESS_SECRET,
    bearer: env.PREFLIGHT_BEARER,
};
const media = (name) => path.join(env.MEDIA, name);
export const [VIDEO, GIF, PHOTO, CAPTIONS] = ["video.mp4", "animated.gif", "photo.jpg", "captions.srt"].map(media);
export const ALT_TEXT = 'A cat — "dances" & 踊る.';
export const CHUNK = 1 << 20;

let failed = false;
process.on("exit", () => {
    if (failed) process.exitCode = 1;
});

const digest = (file) => createHash("sha256").update(fs.readFileSync(file)).digest("hex");
const place = (id, name) => path.join(env.STORAGE, "media", String(id), name);

// Whether the upload is finished.
export const kept = (id) => fs.existsSync(place(id, "content"));

// The server has the very bytes of the file under that id.
export function stored(id, file) {
    if (digest(file) !== digest(place(id, "content"))) throw new Error(`${file}: other bytes are stored`);
}

export const meta = (id) => fs.readFileSync(place(id, "meta.json"), "utf8");

export function described(id) {
    if (!meta(id).includes(JSON.stringify(ALT_TEXT))) throw new Error(`no alternative text: ${meta(id)}`);
}

export function expect(truth, what) {
    if (!truth) throw new Error(typeof what === "string" ? what : JSON.stringify(what));
}

// Runs one check, and tells how it went.
export async function check(client, what, action) {
    if (env.RECORDING) {
        if (what.startsWith("a wrong") || what.includes("refused")) return;
        await fetch(`${HTTP}/_mark`, { method: "POST", body: JSON.stringify([client, what]) });
    }
    try {
        await action();
        console.log(`ok      ${client}: ${what}`);
    } catch (error) {
        failed = true;
        console.log(`FAILED  ${client}: ${what}`);
        console.log(error?.stack ?? error, error?.stack ? "" : JSON.stringify(error), error?.data ?? "");
    }
}

// The action is refused, and what it throws passes the test.
export async function refused(action, isRight) {
    let error;
    try {
        await action();
    } catch (thrown) {
        error = thrown;
    }
    if (!error) throw new Error("it was not refused");
    if (!isRight(error)) throw new Error(`refused otherwise: ${error?.stack ?? ""} ${JSON.stringify(error)}`);
}

// Reads a file in segments.
export function* segments(file, size = CHUNK) {
    const bytes = fs.readFileSync(file);
    for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

export const size = (file) => fs.statSync(file).size;
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Asks until the processing is over.
export async function processed(info, status) {
    while (info && info.state !== "succeeded") {
        if (info.state === "failed" || info.error) throw new Error(JSON.stringify(info));
        await pause(300);
        info = await status();
    }
}
