// twitter-lite, twitter and twit: v1.1 over HTTP. They are no longer cared for, and still in use.

import fs from "node:fs";
import { createRequire } from "node:module";

import * as world from "./world.mjs";

const require = createRequire(import.meta.url);
const { check, described, kept, keys, pause, refused, stored, ALT_TEXT, PHOTO, VIDEO } = world;
const names = (secret) => ({
    consumer_key: keys.key,
    consumer_secret: secret,
    access_token_key: keys.token,
    access_token_secret: keys.tokenSecret,
});

function lite(secret = keys.secret) {
    const TwitterLite = require("twitter-lite");
    const client = new TwitterLite({ subdomain: "upload", ...names(secret) });
    client.url = `${world.HTTP}/1.1`;
    return client;
}

// Both hand out requests that take a callback.
const promised = (call) => new Promise((resolve, reject) => call((error, data) => (error ? reject(error) : resolve(data))));

async function chunked(post, file, media_type, media_category, field) {
    const begun = await post({ command: "INIT", media_type, media_category, total_bytes: world.size(file) });
    const media_id = begun.media_id_string;
    let segment_index = 0;
    for (const bytes of world.segments(file)) {
        await post({ command: "APPEND", media_id, segment_index, ...field(bytes) });
        segment_index += 1;
    }
    await post({ command: "FINALIZE", media_id });
    return media_id;
}

const base64 = (bytes) => ({ media_data: bytes.toString("base64") });

async function finished(id, file, status) {
    await world.processed((await status(id)).processing_info, async () => (await status(id)).processing_info);
    stored(id, file);
}

await check("twitter-lite", "a video in chunks", async () => {
    const post = (fields) => lite().post("media/upload", fields);
    const id = await chunked(post, VIDEO, "video/mp4", "tweet_video", base64);
    await finished(id, VIDEO, (media_id) => lite().get("media/upload", { command: "STATUS", media_id }));
});

await check("twitter-lite", "a photo in one call, with alternative text", async () => {
    const media = await lite().post("media/upload", base64(fs.readFileSync(PHOTO)));
    stored(media.media_id_string, PHOTO);
    await lite().post("media/metadata/create", { media_id: media.media_id_string, alt_text: { text: ALT_TEXT } });
    described(media.media_id_string);
});

await check("twitter-lite", "base64 under the name media", async () => {
    const media = await lite().post("media/upload", { media: fs.readFileSync(PHOTO).toString("base64") });
    stored(media.media_id_string, PHOTO);
});

await check("twitter-lite", "a wrong secret", () =>
    refused(() => lite("wrong").post("media/upload", base64(fs.readFileSync(PHOTO))), (error) => error.errors[0].code === 32),
);

function twitter(secret = keys.secret) {
    const Twitter = require("twitter");
    return new Twitter({ ...names(secret), rest_base: `${world.HTTP}/1.1`, media_base: `${world.HTTP}/1.1` });
}

await check("twitter", "a video in chunks", async () => {
    const post = (fields) => promised((done) => twitter().post("media/upload", fields, done));
    const id = await chunked(post, VIDEO, "video/mp4", "tweet_video", (bytes) => ({ media: bytes }));
    const status = (media_id) => promised((done) => twitter().get("media/upload", { command: "STATUS", media_id }, done));
    await finished(id, VIDEO, status);
});

await check("twitter", "a photo in one call", async () => {
    const media = await promised((done) => twitter().post("media/upload", { media: fs.readFileSync(PHOTO) }, done));
    stored(media.media_id_string, PHOTO);
});

await check("twitter", "a wrong secret", () =>
    refused(
        () => promised((done) => twitter("wrong").post("media/upload", { media: fs.readFileSync(PHOTO) }, done)),
        (error) => error[0].code === 32,
    ),
);

function twit(secret = keys.secret) {
    require("twit/lib/endpoints").MEDIA_UPLOAD = `${world.HTTP}/1.1/`;
    const Twit = require("twit");
    return new Twit({ consumer_key: keys.key, consumer_secret: secret, access_token: keys.token, access_token_secret: keys.tokenSecret });
}

await check("twit", "a video in chunks", async () => {
    const media = await promised((done) => twit().postMediaChunked({ file_path: VIDEO }, done));
    // It neither waits for the processing nor can ask: it leaves the parameters of STATUS out.
    for (let waited = 0; waited < 50 && !kept(media.media_id_string); waited += 1) await pause(200);
    stored(media.media_id_string, VIDEO);
});

await check("twit", "a photo in one call, with alternative text", async () => {
    const media = await promised((done) =>
        twit().post("media/upload", base64(fs.readFileSync(PHOTO)), done),
    );
    stored(media.media_id_string, PHOTO);
    await promised((done) =>
        twit().post("media/metadata/create", { media_id: media.media_id_string, alt_text: { text: ALT_TEXT } }, done),
    );
    described(media.media_id_string);
});

await check("twit", "a wrong secret", () =>
    refused(
        () => promised((done) => twit("wrong").post("media/upload", base64(fs.readFileSync(PHOTO)), done)),
        (error) => error.code === 32 && error.statusCode === 401,
    ),
);
