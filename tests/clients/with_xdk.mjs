// @xdevplatform/xdk: v2, by a bearer and by OAuth 1.0a; its segments are base64 in JSON.

import fs from "node:fs";
import { Client, OAuth1 } from "@xdevplatform/xdk";

import * as world from "./world.mjs";

const { check, described, expect, keys, meta, processed, refused, stored, ALT_TEXT, CAPTIONS, GIF, PHOTO, VIDEO } = world;

const byBearer = (token = keys.bearer) => new Client({ baseUrl: world.HTTP, accessToken: token });
const byOAuth1 = (secret = keys.secret) => {
    const oauth1 = new OAuth1({
        apiKey: keys.key,
        apiSecret: secret,
        callback: "oob",
        accessToken: keys.token,
        accessTokenSecret: keys.tokenSecret,
    });
    return new Client({ baseUrl: world.HTTP, oauth1 });
};

async function upload(client, file, mediaType, mediaCategory) {
    const { data } = await client.media.initializeUpload({ mediaType, mediaCategory, totalBytes: world.size(file) });
    let segmentIndex = 0;
    for (const bytes of world.segments(file)) {
        await client.media.appendUpload(data.id, { media: bytes.toString("base64"), segmentIndex });
        segmentIndex += 1;
    }
    const ended = (await client.media.finalizeUpload(data.id)).data;
    const info = (data) => data.processingInfo ?? data.processing_info;
    await processed(info(ended), async () =>
        info((await client.media.getUploadStatus(data.id, { command: "STATUS" })).data),
    );
    stored(data.id, file);
    return data.id;
}

await check("@xdevplatform/xdk", "a video in chunks, by a bearer", () => upload(byBearer(), VIDEO, "video/mp4", "tweet_video"));
await check("@xdevplatform/xdk", "a GIF in chunks, by OAuth 1.0a", () => upload(byOAuth1(), GIF, "image/gif", "tweet_gif"));

await check("@xdevplatform/xdk", "a photo in one call, with alternative text", async () => {
    const media = fs.readFileSync(PHOTO).toString("base64");
    const { data } = await byBearer().media.upload({ media, mediaCategory: "tweet_image", mediaType: "image/jpeg" });
    stored(data.id, PHOTO);
    await byBearer().media.createMetadata({ id: data.id, metadata: { altText: { text: ALT_TEXT } } });
    described(data.id);
});

await check("@xdevplatform/xdk", "subtitles attached and taken off", async () => {
    const client = byBearer();
    const video = await upload(client, VIDEO, "video/mp4", "tweet_video");
    const captions = await upload(client, CAPTIONS, "text/srt", "subtitles");
    const subtitles = { id: captions, languageCode: "EN", displayName: "English" };
    await client.media.createSubtitles({ id: video, mediaCategory: "TweetVideo", subtitles });
    expect(meta(video).includes(captions), meta(video));
    await client.media.deleteSubtitles({ id: video, mediaCategory: "TweetVideo", languageCode: "EN" });
    expect(!meta(video).includes(captions), meta(video));
});

await check("@xdevplatform/xdk", "a buffer that JSON writes as an object is refused, and nothing is stored", async () => {
    const client = byBearer();
    const { data } = await client.media.initializeUpload({ mediaType: "image/jpeg", mediaCategory: "tweet_image", totalBytes: world.size(PHOTO) });
    const append = () => client.media.appendUpload(data.id, { media: fs.readFileSync(PHOTO), segmentIndex: 0 });
    await refused(append, (error) => error.status === 400);
    await refused(() => client.media.finalizeUpload(data.id), (error) => error.status === 400);
});

await check("@xdevplatform/xdk", "a wrong secret", async () => {
    for (const client of [byBearer("wrong"), byOAuth1("wrong")]) {
        await refused(() => upload(client, PHOTO, "image/jpeg", "tweet_image"), (error) => error.status === 401);
    }
});
