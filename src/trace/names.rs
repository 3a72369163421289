//! What columns are called in tables, logs and fields of JSON.
//!
//! It is a list, and must not know how a column is found.

/// Names that are known, the surest first: lower case, letters and digits only, a unit at the end left out.
pub const TIME_NAMES: &[&str] = &[
    "time",
    "timestamp",
    "ts",
    "optime",
    "relativeunix",
    "eventtime",
    "datetime",
    "unixtime",
    "epoch",
    "timeiso8601",
    "timelocal",
    "msec",
    "starttime",
    "timestart",
    "edgestarttimestamp",
    "requestdatetime",
    "t",
    "date",
];
/// The day, where another column holds the time of day.
pub const DAY_NAMES: &[&str] = &["date", "day", "logdate", "requestdate"];
/// Columns that say how long an answer took. Only a user knows whether the time is that of its end.
pub const DURATION_NAMES: &[&str] = &["requesttime", "duration", "elapsed", "timetaken", "requestduration"];
pub const KEY_NAMES: &[&str] = &[
    "key",
    "object",
    "obj",
    "objid",
    "objectid",
    "id",
    "keyid",
    "cachekey",
    "anonymizedkey",
    "anonymisedkey",
    "lbn",
    "blockid",
    "hashedhostpathquery",
    "hashedpathquery",
    "hashedhostandpath",
    "url",
    "urloriginal",
    "uri",
    "requesturi",
    "requestpath",
    "csuri",
    "csuristem",
    "clientrequesturi",
    "path",
];
/// Columns that hold targets of requests over HTTP, so that the host that was asked is a part of the key. A column that is just
/// called host is not among the latter: in many tables it is the client.
pub const URL_NAMES: &[&str] =
    &["url", "urloriginal", "uri", "requesturi", "requestpath", "csuri", "csuristem", "clientrequesturi", "path"];
pub const HOST_NAMES: &[&str] =
    &["httphost", "vhost", "servername", "authority", "cshost", "xhostheader", "clientrequesthost", "urldomain"];
/// Where one of these is the client, a column that is just called host is not.
pub const CLIENT_NAMES: &[&str] = &["remoteaddr", "remoteip", "clientip", "clientaddr", "cip", "client", "remotehost"];
/// What such a target is asked with, where it stands in a column of its own.
pub const QUERY_NAMES: &[&str] = &["query", "querystring", "args", "csuriquery", "uriquery", "urlquery"];
/// Columns that hold the line of a request, or its target, where no other is known to hold keys.
pub const REQUEST_NAMES: &[&str] = &["request", "requestline", "httprequest"];
pub const SIZE_NAMES: &[&str] = &[
    "size",
    "objsize",
    "objectsize",
    "bytes",
    "valuesize",
    "iosize",
    "sizebytes",
    "responsesize",
    "bytessent",
    "bodybytessent",
    "length",
    "scbytes",
    "edgeresponsebytes",
    "responsebodysize",
];
pub const OP_NAMES: &[&str] = &["op", "optype", "operation", "opname", "method", "command", "cmd", "opcode"];
/// Their words are methods of HTTP.
pub const METHOD_NAMES: &[&str] =
    &["method", "requestmethod", "csmethod", "clientrequestmethod", "httpmethod", "httprequestmethod"];
pub const TTL_NAMES: &[&str] = &["ttl", "ttlseconds", "timetolive", "maxage"];
/// The status of an answer over HTTP: it decides what the size says.
pub const STATUS_NAMES: &[&str] = &[
    "status",
    "statuscode",
    "httpstatus",
    "response",
    "responsecode",
    "scstatus",
    "responsestatus",
    "edgeresponsestatus",
];
/// Whether a cache answered, and how long the backend took.
pub const RESULT_NAMES: &[&str] =
    &["cachestatus", "cacheresult", "upstreamcachestatus", "cachecachestatus", "cachehit"];
pub const BACKEND_NAMES: &[&str] = &["upstreamresponsetime", "originresponsedurationms", "backendtime"];
/// How often the backend was asked for one answer.
pub const TRIES_NAMES: &[&str] = &["upstreamrequestattemptcount", "tries", "attempts"];
/// What a miss costs the backend, and whether the row is behind the one before it in a chain, as convert writes them.
pub const COST_NAMES: &[&str] = &["misscost"];
pub const CHAINED_NAMES: &[&str] = &["chained"];
/// How often the row happened: Meta's tables count equal operations.
pub const COUNT_NAMES: &[&str] = &["opcount"];
/// The share of the keys that the table has.
pub const SAMPLING_NAMES: &[&str] = &["samplingrate"];
