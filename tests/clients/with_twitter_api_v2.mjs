// twitter-api-v2: both versions over TLS, by OAuth 1.0a and by a bearer.

import fs from "node:fs";
import https from "node:https";
import tls from "node:tls";
import { EUploadMimeType, TwitterApi } from "twitter-api-v2";

import * as world from "./world.mjs";

const { check, described, expect, keys, meta, refused, stored, ALT_TEXT, CAPTIONS, GIF, PHOTO, VIDEO } = world;
const here = new URL(world.HTTPS);

// v1.1 keeps its host name: connections to it are led here, and the certificate has to be for that name.
const agent = new https.Agent();
agent.createConnection = (options, done) =>
    tls.connect({ ...options, host: here.hostname, port: here.port, servername: "upload.x.com" }, done);

const oauth1 = (secret) => ({ appKey: keys.key, appSecret: secret, accessToken: keys.token, accessSecret: keys.tokenSecret });
const v1 = (secret = keys.secret) => new TwitterApi(oauth1(secret), { httpAgent: agent }).v1;

function v2(credentials) {
    const client = new TwitterApi(credentials).v2;
    client.setPrefix(`${world.HTTPS}/2/`);
    return client;
}

const upload = (client, file, type, options = {}) => client.uploadMedia(file, { mimeType: type, ...options });

await check("twitter-api-v2 (v1.1)", "a video in chunks, three at once", async () => {
    const media = await v1().uploadMedia(VIDEO, { mimeType: EUploadMimeType.Mp4, maxConcurrentUploads: 3 }, true);
    expect(media.processing_info.state === "succeeded" || media.processing_info.state === "pending", media);
    stored(media.media_id_string, VIDEO);
});

await check("twitter-api-v2 (v1.1)", "a GIF in many chunks, with alternative text", async () => {
    const id = await upload(v1(), GIF, "image/gif", { target: "tweet", chunkLength: 5000 });
    stored(id, GIF);
    await v1().createMediaMetadata(id, { alt_text: { text: ALT_TEXT } });
    described(id);
});

await check("twitter-api-v2 (v1.1)", "subtitles attached and taken off", async () => {
    const video = await upload(v1(), VIDEO, "video/mp4");
    const captions = await upload(v1(), CAPTIONS, EUploadMimeType.Srt);
    stored(captions, CAPTIONS);
    await v1().createMediaSubtitles(video, [{ media_id: captions, language_code: "en", display_name: "English" }]);
    expect(meta(video).includes(captions), meta(video));
    await v1().deleteMediaSubtitles(video, "en");
    expect(!meta(video).includes(captions), meta(video));
});

await check("twitter-api-v2 (v1.1)", "a wrong secret", async () => {
    const unauthenticated = (error) => error.code === 401 && error.errors[0].code === 32;
    await refused(() => upload(v1("wrong"), PHOTO, "image/jpeg"), unauthenticated);
    await refused(() => v1("wrong").createMediaMetadata("1", { alt_text: { text: "x" } }), unauthenticated);
    await refused(() => v1("wrong").createMediaSubtitles("1", []), (error) => error.code === 403);
    await refused(() => v1("wrong").deleteMediaSubtitles("1", "en"), (error) => error.code === 403);
});

for (const [how, credentials] of [["by OAuth 1.0a", oauth1(keys.secret)], ["by a bearer", keys.bearer]]) {
    await check("twitter-api-v2 (v2)", `a video in chunks, ${how}`, async () => {
        const id = await v2(credentials).uploadMedia(fs.readFileSync(VIDEO), { media_type: "video/mp4" });
        stored(id, VIDEO);
    });
    await check("twitter-api-v2 (v2)", `a photo with alternative text, ${how}`, async () => {
        const client = v2(credentials);
        const id = await client.uploadMedia(fs.readFileSync(PHOTO), { media_type: "image/jpeg", media_category: "tweet_image" });
        stored(id, PHOTO);
        await client.createMediaMetadata(id, { alt_text: { text: ALT_TEXT } });
        described(id);
    });
}

await check("twitter-api-v2 (v2)", "a wrong secret", async () => {
    for (const credentials of [oauth1("wrong"), "wrong"]) {
        await refused(
            () => v2(credentials).uploadMedia(fs.readFileSync(PHOTO), { media_type: "image/jpeg" }),
            (error) => error.code === 401,
        );
    }
});
