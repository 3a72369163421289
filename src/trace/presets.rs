//! Sources whose records are known, each an entry of a table, written as one would write it for `--columns` and `--op`.
//!
//! It knows what sources write, and not how it is read.

mod research;

use super::format::FormatInfo;
use super::preset::{Preset, Shape, Sign, is_iso, is_number};
use super::words::S3;
use crate::request::SECOND;

/// What most entries have.
const PLAIN: Preset = Preset {
    info: FormatInfo { name: "", extensions: &["log"], summary: "", layout: "" },
    shape: Shape::Json,
    sign: Sign::Names(&[]),
    columns: "",
    ops: "",
    unit: None,
    duration_unit: SECOND,
    backend_unit: SECOND,
    size_unit: 1,
    block_tokens: None,
    is_http: false,
};

const fn info(
    name: &'static str,
    extensions: &'static [&'static str],
    summary: &'static str,
    layout: &'static str,
) -> FormatInfo {
    FormatInfo { name, extensions, summary, layout }
}

const fn tokens(names: &'static str) -> Shape {
    Shape::Tokens { names, skips: false }
}

const fn fixed(delimiter: u8, names: &'static str) -> Shape {
    Shape::Delimited { delimiter, names, escapes: false }
}

/// Every source. Where signs overlap the first that fits is taken.
pub fn all() -> impl Iterator<Item = &'static Preset> {
    SERVERS.iter().chain(research::SETS)
}

static SERVERS: &[Preset] = &[
    // Delivery networks.
    Preset {
        info: info(
            "cloudfront",
            &["gz", "tsv"],
            "CloudFront, standard logs",
            "Fields by the names in #Fields:, which may stand again where files were put together. The key is host, path and \
             query (your distribution's cache key may leave the query out: --columns key=x-host-header+cs-uri-stem); the size is \
             sc-content-len, else sc-bytes. The time is when the answer ended, so the arrival is time-taken earlier. The words of \
             results were not checked.",
        ),
        shape: fixed(b'\t', ""),
        sign: Sign::Comment("x-edge-location"),
        columns: "time=date|timestamp(ms)|timestamp+time,key=x-host-header|cs(Host)+cs-uri-stem+?cs-uri-query,size=sc-content-len|sc-bytes,status=sc-status,op=cs-method,duration=time-taken,result=x-edge-detailed-result-type|x-edge-result-type,backend=time-to-first-byte",
        is_http: true,
        ..PLAIN
    },
    Preset {
        info: info(
            "cloudfront-json",
            &["json"],
            "CloudFront, standard logs as JSON lines",
            "The names of the standard log as fields; see cloudfront.",
        ),
        sign: Sign::Names(&["x-edge-location", "cs-uri-stem"]),
        columns: "time=date|timestamp(ms)|timestamp+time,key=x-host-header|cs(Host)+cs-uri-stem+?cs-uri-query,size=sc-content-len|sc-bytes,status=sc-status,op=cs-method,duration=time-taken,result=x-edge-detailed-result-type|x-edge-result-type,backend=time-to-first-byte",
        is_http: true,
        ..PLAIN
    },
    Preset {
        info: info(
            "cloudfront-real-time",
            &["log", "tsv"],
            "CloudFront, real-time logs with all fields in their usual order",
            "Without a header: owners choose the fields, so others need --columns with numbers (time=1,duration=14,key=8+9,size=5). The \
             time is when the answer ended, so the arrival is time-taken earlier. A sampling rate below 100 keeps requests at random: then \
             every hit ratio is too low. From excerpts.",
        ),
        shape: fixed(
            b'\t',
            "timestamp c-ip time-to-first-byte sc-status sc-bytes cs-method cs-protocol cs-host cs-uri-stem cs-bytes x-edge-location \
             x-edge-request-id x-host-header time-taken cs-protocol-version c-ip-version cs-user-agent cs-referer cs-cookie cs-uri-query \
             x-edge-response-result-type x-forwarded-for ssl-protocol ssl-cipher x-edge-result-type fle-encrypted-fields fle-status \
             sc-content-type sc-content-len sc-range-start sc-range-end c-port x-edge-detailed-result-type",
        ),
        sign: Sign::Rows(|f| {
            f.len() >= 33
                && f[0].get(10) == Some(&b'.')
                && f[3].len() == 3
                && is_number(f[3])
                && is_number(f[4])
                && [&b"http"[..], b"https", b"ws", b"wss"].contains(&f[6])
        }),
        columns: "time=timestamp,key=x-host-header|cs-host+cs-uri-stem+?cs-uri-query,size=sc-content-len|sc-bytes,status=sc-status,op=cs-method,duration=time-taken,result=x-edge-detailed-result-type|x-edge-result-type,backend=time-to-first-byte",
        is_http: true,
        ..PLAIN
    },
    Preset {
        info: info(
            "cloudflare",
            &["json", "ndjson"],
            "Cloudflare Logpush, http_requests as JSON lines",
            "The time is EdgeStartTimestamp, the arrival (without it EdgeEndTimestamp, the answer's end), in nanoseconds, seconds or RFC 3339. \
             The key is host and URI.",
        ),
        sign: Sign::Names(&["EdgeStartTimestamp|EdgeEndTimestamp", "ClientRequestURI"]),
        columns: "time=EdgeStartTimestamp|EdgeEndTimestamp,key=ClientRequestHost+ClientRequestURI,size=EdgeResponseBytes,status=EdgeResponseStatus,op=ClientRequestMethod,result=CacheCacheStatus,backend=OriginResponseDurationMs",
        backend_unit: 1_000_000,
        is_http: true,
        ..PLAIN
    },
    Preset {
        info: info(
            "fastly",
            &["json"],
            "Fastly, JSON lines by habit",
            "Customers write the format; these are the usual names. One that begins with fastly, or response_state, must be there. The time is time_start, the \
             arrival; time_elapsed of a miss, in microseconds, is what the backend took. From excerpts; nodes of a cluster may write one request twice.",
        ),
        sign: Sign::Names(&["fastly_state|fastlyState|fastly_info_state|fastly_server|response_state", "url|request"]),
        columns: "time=time_start|timestamp,key=host+url|request,size=response_body_size|bytes,status=response_status|status,op=request_method|method,result=fastly_state|fastlyState|fastly_info_state|response_state,backend=time_elapsed",
        backend_unit: 1_000,
        is_http: true,
        ..PLAIN
    },
    // Balancers and proxies.
    Preset {
        info: info(
            "alb",
            &["log", "gz"],
            "Application Load Balancer of AWS",
            "The time is request_creation_time, the arrival. The key is host, path and query of the request, without scheme and \
             port. Lines without a request are left out and counted.",
        ),
        shape: tokens(
            "type time elb client target request_processing_time target_processing_time response_processing_time \
             elb_status_code target_status_code received_bytes sent_bytes request user_agent ssl_cipher ssl_protocol \
             target_group_arn trace_id domain_name chosen_cert_arn matched_rule_priority request_creation_time",
        ),
        sign: Sign::Rows(|f| {
            f.len() >= 22
                && [&b"http"[..], b"https", b"h2", b"grpcs", b"ws", b"wss"].contains(&f[0])
                && is_iso(f[1])
                && is_iso(f[21])
        }),
        columns: "time=request_creation_time,key=!request,size=sent_bytes,status=elb_status_code,backend=target_processing_time",
        ..PLAIN
    },
    Preset {
        info: info(
            "elb",
            &["log"],
            "Classic Load Balancer of AWS",
            "The time is that of arrival. From excerpts of the vendor's page.",
        ),
        shape: tokens(
            "time elb client backend request_processing_time backend_processing_time response_processing_time \
             elb_status_code backend_status_code received_bytes sent_bytes request",
        ),
        sign: Sign::Rows(|f| {
            f.len() >= 12 && is_iso(f[0]) && is_number(f[9]) && is_number(f[10]) && f[11].contains(&b' ')
        }),
        columns: "time=time,key=!request,size=sent_bytes,status=elb_status_code,backend=backend_processing_time",
        ..PLAIN
    },
    Preset {
        info: info(
            "envoy",
            &["log"],
            "Envoy, the default text format",
            "The time is the start, that is, the arrival. The key is authority and path.",
        ),
        shape: tokens(
            "start_time request response_code response_flags bytes_received bytes_sent duration upstream_service_time \
             x_forwarded_for user_agent request_id authority upstream_host",
        ),
        sign: Sign::Rows(|f| {
            f.len() >= 12
                && is_iso(f[0])
                && f[1].contains(&b' ')
                && is_number(f[2])
                && is_number(f[4])
                && is_number(f[5])
        }),
        columns: "time=start_time,key=authority+!request,size=bytes_sent,status=response_code,backend=upstream_service_time",
        backend_unit: 1_000_000,
        ..PLAIN
    },
    Preset {
        info: info(
            "istio",
            &["log"],
            "Istio's proxies, the default text format",
            "That of Envoy with fields between: details, termination and transport failure before the bytes.",
        ),
        shape: tokens(
            "start_time request response_code response_flags details termination failure bytes_received bytes_sent duration \
             upstream_service_time x_forwarded_for user_agent request_id authority upstream_host",
        ),
        sign: Sign::Rows(|f| {
            f.len() >= 16 && is_iso(f[0]) && is_number(f[2]) && is_number(f[7]) && is_number(f[8]) && is_number(f[9])
        }),
        columns: "time=start_time,key=authority+!request,size=bytes_sent,status=response_code,backend=upstream_service_time",
        backend_unit: 1_000_000,
        ..PLAIN
    },
    Preset {
        info: info(
            "envoy-json",
            &["json"],
            "Envoy, JSON lines with the usual names",
            "start_time is the arrival; the key is authority and path.",
        ),
        sign: Sign::Names(&["start_time", "response_code"]),
        columns: "time=start_time,key=authority|host+path|x_envoy_original_path,size=bytes_sent,status=response_code,op=method,backend=upstream_service_time,tries=upstream_request_attempt_count|attempts",
        backend_unit: 1_000_000,
        is_http: true,
        ..PLAIN
    },
    Preset {
        info: info(
            "haproxy",
            &["log"],
            "HAProxy, option httplog",
            "The time is the accept date, the arrival; it names no zone and is read as UTC. The request is the last field of the line; \
             what syslog writes before the client is skipped.",
        ),
        shape: Shape::Tokens {
            names: "accept_date frontend backend_server timers status bytes cookie1 cookie2 termination connections queues <request",
            skips: true,
        },
        sign: Sign::Rows(|f| {
            f.len() >= 11
                && f[3].iter().filter(|byte| **byte == b'/').count() == 4
                && (is_number(f[4]) || f[4] == b"-1")
        }),
        columns: "time=accept_date,key=!request,size=bytes,status=status,backend=timers,tries=connections",
        backend_unit: 1_000_000,
        ..PLAIN
    },
    Preset {
        info: info(
            "squid",
            &["log"],
            "Squid, the native format",
            "The time is when the answer ended, so the arrival is the elapsed milliseconds earlier. The key is the URL without scheme \
             and port. CONNECT is left out. From excerpts.",
        ),
        shape: tokens("time elapsed client result bytes method url ident hierarchy type"),
        sign: Sign::Rows(|f| {
            f.len() >= 10
                && f[0].get(10) == Some(&b'.')
                && is_number(f[1].strip_prefix(b"-").unwrap_or(f[1]))
                && f[3].contains(&b'/')
                && is_number(f[4])
        }),
        columns: "time=time,duration=elapsed,key=url,size=bytes,status=result,op=method,result=result,backend=elapsed",
        backend_unit: 1_000_000,
        duration_unit: 1_000_000,
        is_http: true,
        ..PLAIN
    },
    Preset {
        info: info(
            "w3c",
            &["log"],
            "W3C extended logs, as IIS writes them",
            "Fields by the names in #Fields:. The time is when the answer ended, time-taken is in milliseconds.",
        ),
        shape: fixed(b' ', ""),
        sign: Sign::Comment("cs-uri-stem"),
        columns: "time=date+time,key=cs-host|cs(Host)+cs-uri-stem+?cs-uri-query,size=sc-bytes,status=sc-status,op=cs-method,duration=time-taken",
        duration_unit: 1_000_000,
        is_http: true,
        ..PLAIN
    },
    Preset {
        info: info(
            "s3",
            &["log"],
            "server access logs of S3",
            "The key is bucket and object, the size that of the object. GET and HEAD of objects are gets, PUT, COPY and the end of an upload in \
             parts sets. The time is that of receipt, in whole seconds; files are not in order: convert --sort. From excerpts.",
        ),
        shape: tokens(
            "owner bucket time ip requester request_id operation key request status error bytes_sent object_size total_time turn_around_time",
        ),
        sign: Sign::Rows(|f| {
            f.len() >= 14
                && f[2].get(2) == Some(&b'/')
                && S3.iter().chain([&&b"S3."[..]]).any(|way| f[6].starts_with(way))
        }),
        columns: "time=time,key=bucket+key,size=object_size,op=operation,backend=turn_around_time",
        backend_unit: 1_000_000,
        ..PLAIN
    },
    Preset {
        info: info(
            "s3-json",
            &["json"],
            "server access logs of S3 as JSON lines, as they reach CloudWatch",
            "As s3, with times in milliseconds. From excerpts.",
        ),
        sign: Sign::Names(&["bucket_name", "operation", "request_time"]),
        columns: "time=request_time,key=bucket_name+key,size=object_size,op=operation,backend=turn_around_time",
        backend_unit: 1_000_000,
        ..PLAIN
    },
    // Web servers as JSON.
    Preset {
        info: info(
            "caddy",
            &["json"],
            "Caddy's access log, JSON lines",
            "ts is when the answer ended, so the arrival is the duration earlier. The key is host and URI. From excerpts.",
        ),
        sign: Sign::Names(&["ts", "request", "duration", "status", "uri"]),
        columns: "time=ts,duration=duration,key=request.host+request.uri,size=size,status=status,op=request.method",
        is_http: true,
        ..PLAIN
    },
    Preset {
        info: info(
            "nginx-json",
            &["json", "log"],
            "nginx, JSON lines with the names of its variables",
            "The time is $msec, $time_iso8601 or $time_local, all of them when the answer ended; the arrival is $request_time \
             earlier. The key is host and $request_uri, or $uri and $args, or what $request asks for; the size is $body_bytes_sent.",
        ),
        sign: Sign::Names(&["request_time|request_uri|body_bytes_sent", "status"]),
        columns: "time=msec|time_iso8601|@timestamp|timestamp|time_local|time,duration=request_time,key=http_host|host|server_name+request_uri|uri|url|path|!request+?args|query_string,size=body_bytes_sent|bytes_sent|size,status=status,op=request_method|method,result=upstream_cache_status,backend=upstream_response_time",
        is_http: true,
        ..PLAIN
    },
    Preset {
        info: info(
            "varnish-json",
            &["json"],
            "varnishncsa, JSON lines by habit",
            "t is the arrival; h, m, u, s, b are host, method, path, status and bytes.",
        ),
        sign: Sign::Names(&["handling", "u", "m"]),
        columns: "time=t|time,key=h+u,size=b,status=s,op=m,result=handling|hit,backend=ttfb",
        is_http: true,
        ..PLAIN
    },
    Preset {
        info: info(
            "traefik",
            &["json", "log"],
            "Traefik's access log, JSON lines",
            "StartUTC is the arrival; the key is RequestHost and RequestPath. From excerpts.",
        ),
        sign: Sign::Names(&["RequestHost", "RequestPath", "DownstreamStatus"]),
        columns: "time=StartUTC|time,key=RequestHost+RequestPath,size=DownstreamContentSize,status=DownstreamStatus,op=RequestMethod,backend=OriginDuration",
        backend_unit: 1,
        is_http: true,
        ..PLAIN
    },
    Preset {
        info: info(
            "google-http",
            &["json"],
            "Google Cloud's balancers as Cloud Logging exports them, JSON lines",
            "timestamp is the arrival; the key is requestUrl without scheme and port. Whether a cache answered is not read: what is no hit is \
             not said apart from what no cache was asked for. From excerpts; an array over a whole file is made into \
             lines by: jq -c '.[]'.",
        ),
        sign: Sign::Names(&["httpRequest", "requestUrl", "timestamp"]),
        columns: "time=timestamp,key=httpRequest.requestUrl,size=httpRequest.responseSize,status=httpRequest.status,op=httpRequest.requestMethod",
        is_http: true,
        ..PLAIN
    },
];

/// The source whose columns have these names, if it is one of tables.
pub fn of_names(names: &[String]) -> Option<&'static Preset> {
    let names: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
    research::TABLES.iter().chain(all()).find(|preset| preset.block_tokens.is_none() && preset.is_named(&names))
}
