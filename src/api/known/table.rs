//! The messages of the service that were seen in public, one row each. None is invented.

use super::{About, Known};

/// A row whose fields are those that most rows have.
const ROW: Known = Known {
    message: "",
    code: None,
    name: None,
    status: None,
    about: About::File,
    rules: &[],
    meaning: "",
    advice: "",
};

/// All rows: messages of v1.1, of posts, of processing, of v2, and refusals without a message.
pub const ROWS: &[Known] = &[
    // v1.1 uploads: {"request":"/1.1/media/upload.json","error":"..."}
    Known {
        message: "Segments do not add up to provided total file size.",
        status: Some(400),
        about: About::Sending,
        rules: &["truncated-file"],
        meaning: "The bytes of all segments together are not the total_bytes of INIT: a segment is missing, the first one was \
            numbered 1 instead of 0, or the file changed while it was sent.",
        advice: "Send the file again while nothing writes to it; number segments from 0 without gaps, and take total_bytes \
            from the file itself. preflight upload does all three.",
        ..ROW
    },
    Known {
        message: "File size exceeds 5242880 bytes.",
        status: Some(400),
        rules: &["file-too-large", "category-mismatch"],
        meaning: "The file is larger than 5 MiB, the most that an image may have. A GIF or a video that is sent without \
            media_category is held to this limit too.",
        advice: "Send a GIF as tweet_gif and a video as tweet_video, in segments; make an image smaller.",
        ..ROW
    },
    Known {
        message: "File size exceeds 15728640 bytes.",
        status: Some(400),
        rules: &["file-too-large", "category-mismatch"],
        meaning: "The file is larger than 15 MiB, the most that a GIF may have. A video that is sent without media_category \
            can meet this limit too.",
        advice: "Make the GIF smaller, or send it as a video; send a video as tweet_video.",
        ..ROW
    },
    Known {
        message: "File size exceeds {bytes} bytes.",
        status: Some(400),
        rules: &["file-too-large"],
        meaning: "The file is larger than {0}, the most that its category allows.",
        advice: "Make the file smaller, or send it under the category that fits its content.",
        ..ROW
    },
    Known {
        message: "media type unrecognized.",
        status: Some(400),
        rules: &["unsupported-type", "extension-mismatch", "malformed-file"],
        meaning: "The content is of no type that the platform takes, or media_type names another type than the content has.",
        advice: "Name the type by the content, not by the file name; convert what is not JPEG, PNG, GIF, WebP, MP4 or MOV.",
        ..ROW
    },
    Known {
        message: "SegmentIndex must be between 0 and 999",
        status: Some(400),
        about: About::Sending,
        rules: &["too-many-segments"],
        meaning: "The file was cut into more than 1000 segments.",
        advice: "Send larger segments, of up to 5 MiB; preflight upload chooses a size that fits.",
        ..ROW
    },
    Known {
        message: "Large file can not be finalized synchronously",
        status: Some(400),
        about: About::Sending,
        rules: &["category-mismatch"],
        meaning: "A large GIF or video was sent without media_category, so that FINALIZE would have to process it at once.",
        advice: "Send media_category with INIT (tweet_gif, tweet_video), then ask with STATUS until the processing is over.",
        ..ROW
    },
    // v1.1, with numbers
    Known {
        message: "media parameter is missing.",
        code: Some(38),
        about: About::Sending,
        rules: &["empty-file"],
        meaning: "The request holds no field media or media_data, or the server did not find it: its part has no name, or the \
            boundary is not the one of the header Content-Type.",
        advice: "Send the bytes in a part named media of a multipart/form-data body whose lines end with CRLF.",
        ..ROW
    },
    Known {
        message: "{id} parameter is missing.",
        code: Some(38),
        status: Some(400),
        about: About::Sending,
        meaning: "The request does not hold the parameter {0}, or the server did not find it.",
        advice: "Send it in the body or in the query, under that very name; command is written in capitals.",
        ..ROW
    },
    Known {
        message: "media parameter is invalid.",
        code: Some(44),
        about: About::Sending,
        rules: &["malformed-file", "unsupported-type"],
        meaning: "The field media holds nothing that the server can read as media: text instead of bytes, base64 under the name \
            media, or a damaged file.",
        advice: "Send raw bytes as media, or base64 as media_data; check the file itself.",
        ..ROW
    },
    Known {
        message: "media_ids parameter is invalid.",
        code: Some(44),
        about: About::Post,
        rules: &["post-media-mix"],
        meaning: "The post names media ids that are no numbers of uploads, or that were rounded because a program read \
            them as floating-point numbers.",
        advice: "Take media_id_string, never the number media_id; join several ids by commas.",
        ..ROW
    },
    Known {
        message: "{id} parameter is invalid.",
        code: Some(44),
        status: Some(400),
        about: About::Sending,
        meaning: "The parameter {0} is not of the kind that the server takes, or outside its range.",
        advice: "Compare it with the documents of the call; numbers are written in decimal digits.",
        ..ROW
    },
    Known {
        message: "Rate limit exceeded",
        code: Some(88),
        status: Some(429),
        about: About::Service,
        meaning: "Too many calls of this kind within the window.",
        advice: "Wait until the time of x-rate-limit-reset, or as long as Retry-After says, then go on where it stopped.",
        ..ROW
    },
    Known {
        message: "Could not authenticate you.",
        code: Some(32),
        status: Some(401),
        about: About::Credentials,
        meaning: "The signature does not hold, or one of the four keys is wrong or was withdrawn. A clock that is minutes off, \
            and multipart or JSON fields that were signed though they must not be, have the same effect.",
        advice: "Compare the keys with those of the application (preflight auth check says which are found), set the clock, \
            and sign only the oauth_ parameters where the body is multipart or JSON.",
        ..ROW
    },
    Known {
        message: "Sorry, that page does not exist",
        code: Some(34),
        status: Some(404),
        about: About::Sending,
        meaning: "There is nothing at that path, or nothing to tell about that media id: STATUS of an image, of an upload that \
            was not finalized, or of one that has expired.",
        advice: "Ask for STATUS only where FINALIZE answered with processing_info; send the file again where it has expired.",
        ..ROW
    },
    // When the post is made, code 324
    Known {
        message: "The validation of media ids failed.",
        code: Some(324),
        about: About::Post,
        rules: &["post-media-mix"],
        meaning: "The post cannot use one of its uploads: the processing is not over or failed, the upload has expired or \
            belongs to another user, or the media may not stand together.",
        advice: "Wait until STATUS says succeeded; a post takes up to 4 photos, or 1 GIF, or 1 video.",
        ..ROW
    },
    Known {
        message: "Not valid video",
        code: Some(324),
        about: About::Post,
        rules: &["video-codec", "chroma-not-420", "malformed-file", "no-video-track", "audio-codec", "audio-profile"],
        meaning: "The post names an upload that the service cannot use as a video.",
        advice: "Check the file; transcode it to H.264 4:2:0 with AAC LC sound.",
        ..ROW
    },
    Known {
        message: "Invalid media id {id}",
        code: Some(324),
        about: About::Post,
        rules: &["additional-owners"],
        meaning: "There is no upload {0} that this user may use: it has expired, another user sent it, or the id was rounded \
            by a program that reads it as a floating-point number.",
        advice: "Take media_id_string, post before the upload expires, and name other users of it as additional_owners.",
        ..ROW
    },
    Known {
        message: "Unsupported raw media category",
        code: Some(324),
        about: About::Post,
        rules: &["category-mismatch"],
        meaning: "The upload was sent under a category that posts do not take, such as one for direct messages.",
        advice: "Send it again as tweet_image, tweet_gif or tweet_video.",
        ..ROW
    },
    Known {
        message: "Duration too long, maximum:{ms}, actual:{ms}",
        code: Some(324),
        about: About::Post,
        rules: &["duration-too-long"],
        meaning: "The video lasts {1}, and {0} are allowed. A limit of 30 s means that it was sent without media_category.",
        advice: "Send it as tweet_video, where 140 s are allowed; cut what is longer.",
        ..ROW
    },
    Known {
        message: "Image dimensions must be >= {n}x{n} and <= {n}x{n}",
        code: Some(324),
        about: About::Post,
        rules: &["image-dimensions"],
        meaning: "The image is smaller than {0}x{1} or larger than {2}x{3} pixels.",
        advice: "Resize it.",
        ..ROW
    },
    Known {
        message: "Resolution too large, too many pixels. Maximum: {n}, Actual: {n}",
        rules: &["dimensions-too-large", "gif-dimensions"],
        meaning: "A picture has {1} pixels, and {0} are allowed (1310720 are 1280x1024).",
        advice: "Scale the video down, to 1280x720 for instance.",
        ..ROW
    },
    Known {
        message: "This user is not allowed to post a video longer than {n} minutes.",
        status: Some(403),
        about: About::Post,
        rules: &["duration-too-long"],
        meaning: "The video is longer than the {0} minutes that this account may post, though its upload was finalized.",
        advice: "Cut the video, or post it from an account that may post longer ones; --pack twitter-2026 and \
            twitter-2026-premium have the limits of both.",
        ..ROW
    },
    // Failed processing
    Known {
        message: "Unsupported video format",
        code: Some(1),
        name: Some("InvalidMedia"),
        rules: &[
            "video-codec",
            "chroma-not-420",
            "malformed-file",
            "audio-codec",
            "audio-profile",
            "open-gop",
            "interlaced",
        ],
        meaning: "The service cannot read the video: another codec than H.264, another chroma sampling than 4:2:0, sound that \
            is not AAC LC, or damage.",
        advice: "Transcode it to H.264 High, yuv420p, AAC LC.",
        ..ROW
    },
    Known {
        message: "file is invalid",
        code: Some(1),
        name: Some("InvalidMedia"),
        rules: &["malformed-file", "truncated-file", "category-mismatch"],
        meaning: "The service cannot read the file, or it is not what its category says.",
        advice: "Check that the whole file arrived (its length, the order of the segments), and that the category fits it.",
        ..ROW
    },
    Known {
        message: "Duration {duration} exceeds max duration of {duration}",
        code: Some(3),
        name: Some("UnsupportedMedia"),
        rules: &["duration-too-long"],
        meaning: "The video lasts {0}, and {1} are allowed.",
        advice: "Cut it. Sound without an edit list can make a video of exactly the limit longer by some milliseconds.",
        ..ROW
    },
    Known {
        message: "file is currently unsupported",
        code: Some(3),
        name: Some("UnsupportedMedia"),
        rules: &["video-codec", "unsupported-type", "chroma-not-420", "audio-codec", "audio-profile"],
        meaning: "The service can read the file and does not take what is in it.",
        advice: "Transcode it to H.264 High, yuv420p, AAC LC in MP4.",
        ..ROW
    },
    Known {
        message: "Video GOP is too large. Largest number of frames allowed in one GOP: {n}",
        code: Some(3),
        name: Some("UnsupportedMedia"),
        rules: &["gop-too-long"],
        meaning: "More than {0} frames stand between two key frames of the video.",
        advice: "Encode it with a key frame at least every few seconds, such as -g 60.",
        ..ROW
    },
    // v2
    Known {
        message: "Requests with bodies must have content-type of application/json.",
        status: Some(400),
        about: About::Sending,
        meaning: "A body of another type was sent to a call of v2 that takes JSON (or multipart, for media).",
        advice: "Send JSON with Content-Type: application/json; v1.1's forms do not go to the paths of v2.",
        ..ROW
    },
    Known {
        message: "Request body is not valid JSON.",
        status: Some(400),
        about: About::Sending,
        meaning: "The body is no JSON: an empty one that says it is, a form, or a text that was cut.",
        advice: "Send valid JSON; for finalize send no body at all, or {}.",
        ..ROW
    },
    Known {
        message: "BadRequest: Not found",
        status: Some(400),
        about: About::Sending,
        meaning: "There is no such upload: the id is wrong, the upload has expired, or it was sent by another user.",
        advice: "Take the id of the answer to initialize as text, and send the file again where the upload has expired.",
        ..ROW
    },
    Known {
        message: "One or more parameters to your request was invalid.",
        status: Some(400),
        about: About::Sending,
        meaning: "v2 does not take one of the values; the messages in errors say which.",
        advice: "Read errors in the same answer.",
        ..ROW
    },
    Known {
        message: "Forbidden",
        status: Some(403),
        about: About::Credentials,
        meaning: "The token may not do this: it lacks the scope media.write, or is one of an application instead of a user.",
        advice: "Use an OAuth 2.0 token of a user with media.write, or the four keys of OAuth 1.0a (preflight auth check).",
        ..ROW
    },
    Known {
        message: "Unauthorized",
        status: Some(401),
        about: About::Credentials,
        meaning: "The service does not accept who sends the request.",
        advice: "Run preflight auth check, and compare the keys with those of the application.",
        ..ROW
    },
    Known {
        message: "Too Many Requests",
        status: Some(429),
        about: About::Service,
        meaning: "Too many calls of this kind within the window.",
        advice: "Wait until the time of x-rate-limit-reset, or as long as Retry-After says, then go on where it stopped.",
        ..ROW
    },
    Known {
        message: "internal server error",
        status: Some(500),
        about: About::Service,
        meaning: "The service failed; it says nothing of the file.",
        advice: "Send the request again, after a pause that doubles each time.",
        ..ROW
    },
    Known {
        message: "Service Unavailable",
        status: Some(503),
        about: About::Service,
        rules: &["subtitle-syntax", "subtitle-encoding", "subtitle-type"],
        meaning: "The service is overloaded, or failed at what it was sent: subtitles that are no valid SRT were seen to be \
            answered so.",
        advice: "Check subtitles first; then send the request again, after a pause that doubles each time.",
        ..ROW
    },
    // Without a message
    Known {
        code: Some(1),
        name: Some("InvalidMedia"),
        rules: &["malformed-file", "truncated-file", "video-codec", "chroma-not-420", "category-mismatch"],
        meaning: "The processing failed because the service cannot read the media; it does not say why.",
        advice: "Check the file: damage, another codec than H.264, and a category that does not fit are the usual reasons.",
        ..ROW
    },
    Known {
        code: Some(3),
        name: Some("UnsupportedMedia"),
        rules: &["duration-too-long", "gop-too-long", "video-codec", "unsupported-type"],
        meaning: "The processing failed because the service does not take such media; it does not say why.",
        advice: "Check the file: too long a video, too long a GOP and another codec than H.264 are the usual reasons.",
        ..ROW
    },
    Known {
        status: Some(401),
        about: About::Credentials,
        meaning: "The service does not accept who sends the request.",
        advice: "Run preflight auth check, and compare the keys with those of the application.",
        ..ROW
    },
    Known {
        status: Some(403),
        about: About::Credentials,
        meaning: "The credentials are not accepted (the subtitles calls of v1.1 say so by 403), or do not suffice for this call.",
        advice: "Run preflight auth check: uploads need a token of a user with media.write, or the four keys of OAuth 1.0a.",
        ..ROW
    },
    Known {
        status: Some(404),
        about: About::Sending,
        meaning: "There is nothing at that path, or no such upload: the id is wrong, or has expired.",
        advice: "Compare path and id; send the file again where the upload has expired.",
        ..ROW
    },
    Known {
        status: Some(413),
        about: About::Sending,
        rules: &["file-too-large", "too-many-segments"],
        meaning: "The request is too large for a machine in front of the service. Segments of 5 MiB were seen to be refused so, \
            without a word; 1 MiB always worked.",
        advice: "Send smaller segments; preflight upload halves them by itself.",
        ..ROW
    },
    Known {
        status: Some(431),
        about: About::Sending,
        rules: &["too-many-segments"],
        meaning: "The request is too large for a machine in front of the service. Segments of 5 MiB were seen to be refused so, \
            without a word; 1 MiB always worked.",
        advice: "Send smaller segments in a multipart body, with nothing of the media in the query or a header.",
        ..ROW
    },
    Known {
        status: Some(429),
        about: About::Service,
        meaning: "Too many calls of this kind within the window.",
        advice: "Wait until the time of x-rate-limit-reset, or as long as Retry-After says, then go on where it stopped.",
        ..ROW
    },
    Known {
        status: Some(500),
        about: About::Service,
        meaning: "The service failed; it says nothing of the file.",
        advice: "Send the request again, after a pause that doubles each time.",
        ..ROW
    },
    Known {
        status: Some(503),
        about: About::Service,
        rules: &["subtitle-syntax", "subtitle-encoding", "subtitle-type"],
        meaning: "The service is overloaded, or failed at what it was sent: subtitles that are no valid SRT were seen to be \
            answered so.",
        advice: "Check subtitles first; then send the request again, after a pause that doubles each time.",
        ..ROW
    },
];
