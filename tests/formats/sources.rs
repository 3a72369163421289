//! A small record of every source that has a preset or a grammar of its own, written by hand after its documentation, and what
//! must be read of it.

use super::{read, read_with};
use coldgap::request::{ObjectId, RENEWS};
use coldgap::trace::registry::all;
use coldgap::trace::{FORMATS, Key, ReadOptions, Trace};

/// A source: its name, some lines, and the requests that they hold: microseconds since the first, key, bytes, operation, and
/// the time to live where there is one.
pub struct Source {
    pub name: &'static str,
    pub lines: &'static str,
    requests: &'static str,
}

/// Those with a grammar of their own come first.
pub static SOURCES: &[Source] = &[
    Source {
        name: "redis-monitor",
        lines: r#"OK
1773303245.123042 [0 10.0.3.9:51514] "GET" "user:17"
1773303245.123977 [0 10.0.3.9:51514] "SETEX" "sess:\xe2\x82\xac9" "1800" "{\"a\":1}"
1773303245.124003 [0 lua] "HGET" "cart:9" "total"
1773303245.124100 [3 unix:/run/redis.sock] "MGET" "a" "b" "7"
1773303245.124200 [0 [::1]:5151] "SET" "k" "v 1" "EX" "60"
1773303245.124300 [0 10.0.3.9:51514] "MSET" "x" "12" "y" "345"
1773303245.124400 [0 10.0.3.9:51514] "EXPIRE" "x" "30"
1773303245.124500 [0 10.0.3.9:51514] "DEL" "x" "y"
1773303245.124600 [0 10.0.3.9:51514] "EVALSHA" "9f2c" "1" "user:17"
1773303245.124700 [0 10.0.3.9:51514] "GET" "k"
1773303245.124800 [0 10.0.3.9:51514] "PING"
"#,
        requests: r"0 user:17 0 get
935 sess:€9 7 set 1800
961 cart:9 0 get
1058 3/a 0 get
1058 3/b 0 get
1058 3/7 0 get
1158 k 3 set 60
1258 x 2 set
1258 y 3 set
1358 x 0 set renews 30
1458 x 0 delete
1458 y 0 delete
1658 k 3 get
",
    },
    Source {
        name: "memcached-watch",
        lines: "ts=1773303245.42 gid=9001 type=item_get key=user%3A17 status=not_found clsid=255 cfd=31 size=0
ts=1773303245.918044 gid=9002 type=item_store key=user%3A17 status=stored cmd=set ttl=3600 clsid=6 cfd=31 size=412
ts=1773303245.918045 gid=9003 type=item_store key=big status=too_large cmd=set ttl=0 clsid=6 cfd=31 size=4120000
ts=1773303246.7 gid=9004 type=eviction key=user%3A3 fetch=yes ttl=-1 la=5122 clsid=6 size=412
ts=1773303246.300 gid=9005 type=deleted key=user%3A17 cmd=delete clsid=6 size=412
ts=1773303246.311 gid=9006 type=proxy_req elapsed=412 type=105 code=17 status=0 cfd=31 be=10.0.0.5:11211 detail=ok req=get user:17
skipped=128
ts=1773303246.312 gid=9007 type=item_store key=gone status=stored cmd=set ttl=4294967295 clsid=6 cfd=31 size=5
ts=1773303246.313 gid=9008 type=item_get key=user%3A17 status=found clsid=6 cfd=31 size=412
",
        requests: "0 user:17 412 get
918002 user:17 412 set 3600
1000258 user:17 412 delete
1000270 gone 5 set 1
1000271 user:17 412 get
",
    },
    Source {
        name: "klog",
        lines: "203.0.113.7:51514 - [12/Mar/2026:08:14:05 +0000] \"get user:17\" 4 5
203.0.113.7:51514 - [12/Mar/2026:08:14:06 +0000] \"set user:17 0 3600 412\" 5 8
203.0.113.7:51514 - [12/Mar/2026:08:14:07 +0000] \"get user:17\" 4 443
203.0.113.7:51514 - [12/Mar/2026:08:14:08 +0000] \"gets a b\" 4 90
203.0.113.7:51514 - [12/Mar/2026:08:14:09 +0000] \"delete user:17\" 6 9
",
        requests: "0 user:17 412 get
1000000 user:17 412 set 3600
2000000 user:17 443 get
3000000 a 0 get
3500000 b 0 get
4000000 user:17 0 delete
",
    },
    Source {
        name: "pgaudit",
        lines: "2026-03-12 08:14:05.123 UTC [4711] app@shop LOG:  AUDIT: SESSION,31,1,READ,SELECT,TABLE,public.account,\"select *
from account where id = $1\",17
2026-03-12 08:14:05.123 UTC [4711] app@shop LOG:  AUDIT: SESSION,31,1,READ,SELECT,TABLE,public.owner,\"select *
from account where id = $1\",17
2026-03-12 08:14:05.200 UTC [4712] app@shop LOG:  connection received
2026-03-12 08:14:05.223 UTC [4711] app@shop LOG:  AUDIT: SESSION,32,1,WRITE,UPDATE,TABLE,public.account,update account set a = 1,<none>
2026-03-12 08:14:06.123 UTC [4711] app@shop LOG:  AUDIT: SESSION,33,1,READ,SELECT,,,select 1,<none>
",
        requests: "0 select *
from account where id = $1 17 - get
1000000 select 1 - get
",
    },
    Source {
        name: "otlp",
        lines: r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[{"traceId":"5b8e","spanId":"eee1","name":"GET","kind":3,"startTimeUnixNano":"1773303245123042000","endTimeUnixNano":"1773303245123977000","attributes":[{"key":"db.system.name","value":{"stringValue":"redis"}},{"key":"app.cache.key.hash","value":{"stringValue":"9f2c"}},{"key":"app.cache.hit","value":{"boolValue":false}}]},{"traceId":"5b8e","spanId":"eee2","name":"select","startTimeUnixNano":"1773303245123100000","attributes":[]}]}]}]}
{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"SET","startTimeUnixNano":"1773303245123142000","attributes":[{"key":"db.operation.name","value":{"stringValue":"SET"}},{"key":"app.cache.key.hash","value":{"stringValue":"9f2c"}},{"key":"app.cache.item.size","value":{"intValue":"412"}}]},{"name":"redis","startTimeUnixNano":1773303245123242000,"attributes":[{"key":"db.query.text","value":{"stringValue":"GET user:17"}}]}]}]}]}
"#,
        requests: "0 9f2c 412 get
100 9f2c 412 set
200 user:17 0 get
",
    },
    Source {
        name: "arc",
        lines: "10 2 0 1\n11 1 0 2\n10 1 0 3\n30 1 0 4\n31 1 0 5\n32 1 0 6\n33 1 0 7\n34 1 0 8\n35 1 0 9\n36 1 0 10\n",
        requests: "- 10 - get
- 11 - get
- 11 - get
- 10 - get
- 30 - get
- 31 - get
- 32 - get
- 33 - get
- 34 - get
- 35 - get
- 36 - get
",
    },
    Source {
        name: "cloudfront",
        lines: "#Version: 1.0
#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs-uri-query x-host-header time-taken sc-content-len
2026-03-12\t08:14:07\tHEL51-P1\t5431\t203.0.113.7\tGET\td1.cloudfront.net\t/p/4711.jpg\t200\tw=200\tshop.example\t2.184\t5120
2026-03-12\t08:14:06\tHEL51-P1\t429\t203.0.113.7\tGET\td1.cloudfront.net\t/a\t200\t-\tshop.example\t0.001\t-
2026-03-12\t08:14:08\tHEL51-P1\t300\t203.0.113.7\tPUT\td1.cloudfront.net\t/a\t200\t-\tshop.example\t0.001\t-
",
        requests: "0 shop.example/p/4711.jpg?w=200 5120 get
1000000 shop.example/a 429 get
3000000 shop.example/a 429 delete
",
    },
    Source {
        name: "cloudfront-real-time",
        lines: "1773303247.307\t203.0.113.7\t0.180\t200\t5431\tGET\thttps\td1.cloudfront.net\t/p/4711.jpg\t88\tHEL51-P1\tZx9==\tshop.example\t2.184\tHTTP/2.0\tIPv4\tcurl/8.9\t-\t-\tw=200\tMiss\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tMiss\t-\t-\timage/jpeg\t5120\t-\t-\t51514\tMiss
1773303245.308\t203.0.113.7\t0.001\t200\t429\tGET\thttps\td1.cloudfront.net\t/a\t88\tHEL51-P1\tZx8==\tshop.example\t0.001\tHTTP/2.0\tIPv4\tcurl/8.9\t-\t-\t-\tHit\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tHit\t-\t-\ttext/html\t-\t-\t-\t51514\tHit
",
        requests: "0 shop.example/p/4711.jpg?w=200 5120 get
184000 shop.example/a 429 get
",
    },
    Source {
        name: "cloudfront-json",
        lines: r#"{"date":"2026-03-12","time":"08:14:05","x-edge-location":"HEL51-P1","sc-bytes":"5431","cs-method":"GET","cs-uri-stem":"/p","cs-uri-query":"-","x-host-header":"shop.example","sc-status":"200","time-taken":"0.18"}
{"date":"2026-03-12","time":"08:14:06","x-edge-location":"HEL51-P1","sc-bytes":"5431","cs-method":"GET","cs-uri-stem":"/p","cs-uri-query":"a=1","x-host-header":"shop.example","sc-status":"200","time-taken":"0.18"}
"#,
        requests: "0 shop.example/p 5431 get
1000000 shop.example/p?a=1 5431 get
",
    },
    Source {
        name: "cloudflare",
        lines: r#"{"EdgeStartTimestamp":1773303245123000000,"EdgeEndTimestamp":1773303245307000000,"ClientRequestHost":"shop.example","ClientRequestMethod":"GET","ClientRequestURI":"/p/4711?lang=fi","EdgeResponseBytes":5431,"EdgeResponseStatus":200,"CacheCacheStatus":"miss"}
{"EdgeStartTimestamp":1773303245124000000,"ClientRequestHost":"shop.example","ClientRequestMethod":"OPTIONS","ClientRequestURI":"/p","EdgeResponseBytes":1,"EdgeResponseStatus":200}
{"EdgeStartTimestamp":1773303245125000000,"ClientRequestHost":"shop.example","ClientRequestMethod":"GET","ClientRequestURI":"/p/4711?lang=fi","EdgeResponseBytes":300,"EdgeResponseStatus":304}
"#,
        requests: "0 shop.example/p/4711?lang=fi 5431 get
2000 shop.example/p/4711?lang=fi 5431 get
",
    },
    Source {
        name: "fastly",
        lines: r#"{"time_start":"2026-03-12T08:14:05+0000","host":"shop.example","url":"/p/4711?lang=fi","request_method":"GET","response_status":200,"response_body_size":5120,"fastly_state":"MISS-CLUSTER","time_elapsed":184211}
{"time_start":"2026-03-12T08:14:07+0000","host":"shop.example","url":"/p","request_method":"GET","response_status":200,"response_body_size":12,"fastly_state":"HIT","time_elapsed":11}
"#,
        requests: "0 shop.example/p/4711?lang=fi 5120 get
2000000 shop.example/p 12 get
",
    },
    Source {
        name: "alb",
        lines: r#"https 2026-03-12T08:14:05.307112Z app/shop/50dc 203.0.113.7:51514 10.0.3.9:8080 0.000 0.180 0.000 200 200 88 5431 "GET https://shop.example:443/p/4711?lang=fi HTTP/2.0" "curl, (x)" TLS TLSv1.3 arn "Root=1" "shop.example" "reused" 0 2026-03-12T08:14:05.123000Z "forward" "-" "-" "10.0.3.9:8080" "200" "-" "-" TID_0a1b
http 2026-03-12T08:14:06.307112Z app/shop/50dc [2001:db8::9]:51514 - -1 -1 -1 400 - 88 0 "- http://shop.example:80- -" "-" - - - "-" "-" "-" - 2026-03-12T08:14:06.123000Z "-" "-" "-" "-" "-" "-" "-"
h2 2026-03-12T08:14:07.307112Z app/shop/50dc [2001:db8::9]:51514 10.0.3.9:8080 0.000 9.180 0.000 200 200 88 99 "GET https://shop.example:443/p HTTP/2.0" "a \" b" TLS TLSv1.3 arn "Root=1" "shop.example" "reused" 0 2026-03-12T08:14:05.125000Z "forward" "-" "-" "10.0.3.9:8080" "200" "-" "-"
"#,
        requests: "0 shop.example/p/4711?lang=fi 5431 get
2000 shop.example/p 99 get
",
    },
    Source {
        name: "elb",
        lines: r#"2026-03-12T08:14:05.307112Z shop 203.0.113.7:51514 10.0.3.9:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -
2026-03-12T08:14:05.307212Z shop 203.0.113.7:51514 10.0.3.9:80 0.000073 0.001048 0.000057 200 200 0 30 "GET http://www.example.com:80/a HTTP/1.1" "curl/7.38.0" - -
"#,
        requests: "0 www.example.com/ 29 get
100 www.example.com/a 30 get
",
    },
    Source {
        name: "envoy",
        lines: r#"[2026-03-12T08:14:05.123Z] "GET /p/4711?lang=fi HTTP/1.1" 200 - 0 5120 184 180 "203.0.113.7" "curl/8.9" "c3f1-77" "shop.example" "10.0.3.9:8080"
[2026-03-12T08:14:05.125Z] "GET /p HTTP/1.1" 503 UT 0 91 184 - "-" "curl/8.9" "c3f1-78" "shop.example" "-"
"#,
        requests: "0 shop.example/p/4711?lang=fi 5120 get
2000 shop.example/p 91 get
",
    },
    Source {
        name: "istio",
        lines: r#"[2026-03-12T08:14:05.123Z] "GET /p HTTP/1.1" 200 - via_upstream - "-" 0 5120 184 180 "-" "curl/8.9" "c3f1-77" "shop.example" "10.0.3.9:8080" outbound|80||shop.default.svc.cluster.local 10.0.0.1:1 10.0.0.2:2 10.0.0.3:3 - default
[2026-03-12T08:14:05.125Z] "- - -" 0 - - - "-" 10 20 184 - "-" "-" "-" "-" "10.0.3.9:8080" outbound|80||x 10.0.0.1:1 10.0.0.2:2 10.0.0.3:3 - -
[2026-03-12T08:14:05.126Z] "GET /q HTTP/1.1" 200 - via_upstream - "-" 0 17 184 180 "-" "curl/8.9" "c3f1-78" "shop.example" "10.0.3.9:8080" outbound|80||shop.default.svc.cluster.local 10.0.0.1:1 10.0.0.2:2 10.0.0.3:3 - default
"#,
        requests: "0 shop.example/p 5120 get
3000 shop.example/q 17 get
",
    },
    Source {
        name: "envoy-json",
        lines: r#"{"start_time":"2026-03-12T08:14:05.123Z","method":"GET","path":"/p","response_code":"200","bytes_sent":"5120","duration":"184","authority":"shop.example"}
{"start_time":"2026-03-12T08:14:05.124Z","method":"DELETE","path":"/p","response_code":204,"bytes_sent":0,"duration":1,"authority":"shop.example"}
"#,
        requests: "0 shop.example/p 5120 get
1000 shop.example/p 5120 delete
",
    },
    Source {
        name: "haproxy",
        lines: r#"Mar 12 08:14:05 lb1 haproxy[4711]: 203.0.113.7:51514 [12/Mar/2026:08:14:05.123] fe-https be-shop/web3 0/12/1/180/193 200 5431 - - ---- 812/640/93/31/1 0/41 {shop.example|a b} {} "GET /p/4711?lang=fi HTTP/1.1"
Mar 12 08:14:05 lb1 haproxy[4711]: [::1]:51514 [12/Mar/2026:08:14:05.223] fe-https be-shop/web3 0/12/1/180/193 200 +17 - - ---- 812/640/93/31/1 0/41 "GET /p HTTP/1.1"
Mar 12 08:14:05 lb1 haproxy[4711]: 203.0.113.7:51514 [12/Mar/2026:08:14:05.323] fe-https be-shop/<NOSRV> -1/-1/-1/-1/5 400 0 - - CR-- 1/1/0/0/0 0/0 "<BADREQ>"
"#,
        requests: "0 /p/4711?lang=fi 5431 get
100000 /p 17 get
",
    },
    Source {
        name: "squid",
        lines: "1773303245.307    184 203.0.113.7 TCP_MISS/200 5431 GET http://shop.example/p/4711 - HIER_DIRECT/10.0.3.9 image/jpeg
1773303245.308      1 203.0.113.7 TCP_MEM_HIT/200 5431 GET http://shop.example/p/4711 - HIER_NONE/- image/jpeg
1773303245.309    100 203.0.113.7 TCP_TUNNEL/200 9 CONNECT shop.example:443 - HIER_DIRECT/10.0.3.9 -
1773303245.310    190 203.0.113.7 TCP_MISS/200 77 GET http://shop.example:8080/a - HIER_DIRECT/10.0.3.9 text/html
",
        requests: "0 shop.example/a 77 get
3000 shop.example/p/4711 5431 get
187000 shop.example/p/4711 5431 get
",
    },
    Source {
        name: "w3c",
        lines: "#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2026-03-12 08:00:00
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port c-ip sc-status sc-bytes time-taken
2026-03-12 08:14:05 10.0.3.9 GET /p lang=fi 443 203.0.113.7 200 5120 184
2026-03-12 08:14:06 10.0.3.9 GET /p - 443 203.0.113.7 200 100 84
",
        requests: "0 /p?lang=fi 5120 get
1000000 /p 100 get
",
    },
    Source {
        name: "s3",
        lines: r#"79a5 shop-assets [12/Mar/2026:08:14:05 +0000] 203.0.113.7 arn:aws:iam::1111:user/x 3E57427F33A59F07 REST.GET.OBJECT img/4711%2520a.jpg "GET /img/4711%2520a.jpg HTTP/1.1" 200 - 5120 5120 38 37 "-" "aws-sdk" - Zb1= SigV4 TLS AuthHeader shop.s3.amazonaws.com TLSv1.3 - -
79a5 shop-assets [12/Mar/2026:08:14:06 +0000] 203.0.113.7 - 3E57427F33A59F08 REST.PUT.OBJECT a "PUT /a HTTP/1.1" 200 - - 88 38 37 "-" "aws-sdk" - Zb1= SigV4 TLS AuthHeader shop.s3.amazonaws.com TLSv1.3 - -
79a5 shop-assets [12/Mar/2026:08:14:07 +0000] 203.0.113.7 - 3E57427F33A59F09 BATCH.DELETE.OBJECT a - 204 - - 88 - - - - - - - - - - - - -
"#,
        requests: "0 shop-assets/img/4711%2520a.jpg 5120 get
1000000 shop-assets/a 88 set
2000000 shop-assets/a 88 delete
",
    },
    Source {
        name: "s3-json",
        lines: r#"{"bucket_owner":"79a5","bucket_name":"shop-assets","request_time":"2026-03-12T08:14:05.123Z","remote_ip":"203.0.113.7","operation":"REST.GET.OBJECT","key":"img/4711.jpg","http_status":"200","bytes_sent":"5120","object_size":"5120","total_time":"38","turn_around_time":"37"}
{"bucket_owner":"79a5","bucket_name":"shop-assets","request_time":"2026-03-12T08:14:05.125Z","remote_ip":"203.0.113.7","operation":"REST.DELETE.OBJECT","key":"img/4711.jpg","http_status":"204","bytes_sent":"-","object_size":"-","total_time":"38","turn_around_time":"37"}
"#,
        requests: "0 shop-assets/img/4711.jpg 5120 get
2000 shop-assets/img/4711.jpg 0 delete
",
    },
    Source {
        name: "caddy",
        lines: r#"{"level":"info","ts":1773303245.307,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"203.0.113.7","proto":"HTTP/2.0","method":"GET","host":"shop.example","uri":"/p/4711?lang=fi","headers":{"A":["b"]}},"bytes_read":0,"duration":0.184,"size":5120,"status":200}
{"level":"info","ts":1773303245.308,"logger":"http.log.access","msg":"handled request","request":{"method":"GET","host":"shop.example","uri":"/p"},"bytes_read":0,"duration":0.005,"size":20,"status":200}
"#,
        requests: "0 shop.example/p/4711?lang=fi 5120 get
180000 shop.example/p 20 get
",
    },
    Source {
        name: "nginx-json",
        lines: r#"{"msec":"1773303245.123","time_iso8601":"2026-03-12T08:14:05+00:00","request_method":"GET","host":"shop.example","request_uri":"/p/4711?lang=fi","status":"200","body_bytes_sent":"5120","request_time":"0.100","upstream_cache_status":"EXPIRED"}
{"msec":"1773303245.124","time_iso8601":"2026-03-12T08:14:05+00:00","request_method":"HEAD","host":"shop.example","request_uri":"/p/4711?lang=fi","status":"200","body_bytes_sent":"0","request_time":"0.000","upstream_cache_status":"HIT"}
"#,
        requests: "0 shop.example/p/4711?lang=fi 5120 get
101000 shop.example/p/4711?lang=fi 5120 get
",
    },
    Source {
        name: "varnish-json",
        lines: r#"{"t":"2026-03-12T08:14:05+0000","h":"shop.example","m":"GET","u":"/p/4711?lang=fi","s":200,"b":5120,"D":184211,"hit":"miss","handling":"miss","ttfb":0.180}
{"t":"2026-03-12T08:14:06+0000","h":"shop.example","m":"GET","u":"http://shop.example/q","s":200,"b":1,"D":1,"hit":"hit","handling":"hit","ttfb":0.1}
"#,
        requests: "0 shop.example/p/4711?lang=fi 5120 get
1000000 shop.example/q 1 get
",
    },
    Source {
        name: "valkey-csv",
        lines: r#"1778474345309397,76,0,set,"key",WRITE,1,string,32,160
1778474345309797,78,0,hget,"a,b",READ,1,hash,48,900
1778474345309997,79,0,del,"key",DELETE,1,string,32,160
1778474345310397,80,0,get,"q\"x",READ,1,string,32,160
"#,
        requests: "0 key - set
400 a,b - get
600 key - delete
1000 q\"x - get
",
    },
    Source {
        name: "ibm-cos",
        lines: "1219008 REST.PUT.OBJECT 8d4fcda3d675bac9 1056
1221974 REST.HEAD.OBJECT 39d177fb735ac5df 528
1232488 REST.GET.OBJECT 95d363d3fbdc0b03 1168 0 1167
1290000 REST.DELETE.OBJECT 8d4fcda3d675bac9
1290010 REST.COPY.OBJECT 39d177fb735ac5df
",
        requests: "0 8d4fcda3d675bac9 1056 set
2966000 39d177fb735ac5df 528 get
13480000 95d363d3fbdc0b03 1168 get
70992000 8d4fcda3d675bac9 0 delete
71002000 39d177fb735ac5df 0 set
",
    },
    Source {
        name: "ibm-cos-csv",
        lines: "# timestamp (ms), op type [Put:0, Get:1, Delete:2, Head: 3, Copy: 4], object id, object size (byte)
45,1,objK,8301
135,0,objJ,61928
335,2,objJ,61928
336,3,objK,8301
",
        requests: "0 objK 8301 get
90000 objJ 61928 set
290000 objJ 61928 delete
291000 objK 8301 get
",
    },
    Source {
        name: "ibm-docker",
        lines: r#"{"host":"dal09","http.request.duration":0.021,"http.request.method":"GET","http.request.remoteaddr":"0ab1","http.request.uri":"v2/9f/ab/blobs/77cd","http.request.useragent":"docker/17","http.response.status":200,"http.response.written":1512,"id":"c5e2","timestamp":"2017-07-12T00:00:01.123Z"}
{"host":"dal09","http.request.duration":0.021,"http.request.method":"HEAD","http.request.uri":"v2/9f/ab/manifests/1","http.response.status":200,"http.response.written":0,"id":"c5e3","timestamp":"2017-07-12T00:00:01.125Z"}
"#,
        requests: "0 v2/9f/ab/blobs/77cd 1512 get
2000 v2/9f/ab/manifests/1 0 get
",
    },
    Source {
        name: "msr",
        lines: "128166372003061629,web,1,Read,4096,8192,1331
128166372003061639,web,2,Read,4096,8192,1331
128166372003061649,web,1,Write,4096,8192,1331
",
        requests: "0 web/1/4096 8192 get
1 web/2/4096 8192 get
2 web/1/4096 8192 set
",
    },
    Source {
        name: "alibaba-block",
        lines: "419,W,8792731648,16384,1577808144360767
725,R,8792731648,4096,1577808144360900
419,R,8792731648,4096,1577808144361000
",
        requests: "0 419/8792731648 16384 set
133 725/8792731648 4096 get
233 419/8792731648 4096 get
",
    },
    Source {
        name: "tencent-block",
        lines: "1538323200,12584,8,0,1283
1538323201,12584,16,1,1284
1538323203,12584,8,0,1283
",
        requests: "0 1283/12584 4096 get
1000000 1284/12584 8192 set
3000000 1283/12584 4096 get
",
    },
    Source {
        name: "tencent-photo",
        lines: "20160201000000 3f9a0c 5 l 20480 1 PHONE 12
20160201000059 3f9a0c 0 l 20480 1 PC 12
20160201000100 3f9a0c 5 l 20480 0 PHONE 12
",
        requests: "0 3f9a0c/5/l 20480 get
59000000 3f9a0c/0/l 20480 get
60000000 3f9a0c/5/l 20480 get
",
    },
    Source {
        name: "systor",
        lines: "Timestamp,Response,IOType,LUN,Offset,Size
1455592300.008455,0.000160,W,1,4096,8192
1455592300.008500,0.000160,R,2,4096,512
",
        requests: "0 1/4096 8192 set
45 2/4096 512 get
",
    },
    Source {
        name: "webcachesim",
        lines: "0 17 100\n1 18 200\n5 17 100\n",
        requests: "0 17 100 get
1000000 18 200 get
5000000 17 100 get
",
    },
    Source {
        name: "wikimedia-2016",
        lines: "hashed_host_and_path\turi_query\tcontent_type\tresponse_size\tX_Cache
-8412290073\t-\ttext/html\t11234\tcp1 hit
-8412290073\t?a=1\ttext/html\t99\tcp1 miss
",
        requests: "- -8412290073 11234 get
- -8412290073?a=1 99 get
",
    },
    Source {
        name: "qwen",
        lines: r#"{"chat_id":159,"parent_chat_id":-1,"timestamp":61.114,"input_length":521,"output_length":132,"type":"text","turn":1,"hash_ids":[1089,1090]}
{"chat_id":160,"parent_chat_id":-1,"timestamp":61.215,"input_length":521,"output_length":132,"type":"text","turn":1,"hash_ids":[1089]}
{"chat_id":161,"parent_chat_id":-1,"timestamp":61.215500,"input_length":521,"output_length":132,"type":"text","turn":1,"hash_ids":[7]}
"#,
        requests: "0 1089 - get
0 1090 - get
101000 1089 - get
101500 7 - get
",
    },
    Source {
        name: "mooncake",
        lines: r#"{"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47]}
{"timestamp": 27485, "input_length": 6955, "output_length": 52, "hash_ids": [46]}
"#,
        requests: "0 46 - get
500 47 - get
3000 46 - get
",
    },
    Source {
        name: "lmcache",
        lines: r#"{"timestamp":1773303245.125,"request_id":"r1","model_name":"m","chunk_size":256,"seq_len":700,"dtypes":["bf16"],"shapes":[[2,256,8,128]],"chunk_hashes":["9f2c","77ab"]}
{"timestamp":1773303245.1255,"request_id":"r2","model_name":"m","chunk_size":256,"seq_len":700,"dtypes":["bf16"],"shapes":[[2,256,8,128]],"chunk_hashes":["9f2c"]}
"#,
        requests: "0 9f2c - get
0 77ab - get
500 9f2c - get
",
    },
    Source {
        name: "traefik",
        lines: r#"{"ClientHost":"203.0.113.7","DownstreamContentSize":5120,"DownstreamStatus":200,"Duration":184211000,"OriginDuration":180000000,"RequestHost":"shop.example","RequestMethod":"GET","RequestPath":"/p/4711?lang=fi","StartUTC":"2026-03-12T08:14:05.123456789Z","time":"2026-03-12T08:14:05Z","level":"info","msg":""}
{"ClientHost":"203.0.113.7","DownstreamContentSize":17,"DownstreamStatus":204,"Duration":1000000,"RequestHost":"shop.example","RequestMethod":"DELETE","RequestPath":"/p/4711?lang=fi","StartUTC":"2026-03-12T08:14:05.124456789Z","time":"2026-03-12T08:14:05Z","level":"info","msg":""}
"#,
        requests: "0 shop.example/p/4711?lang=fi 5120 get
1000 shop.example/p/4711?lang=fi 5120 delete
",
    },
    Source {
        name: "google-http",
        lines: r#"{"insertId":"a","httpRequest":{"requestMethod":"GET","requestUrl":"https://shop.example:443/p/4711?lang=fi","requestSize":"88","status":200,"responseSize":"5120","cacheHit":true,"latency":"0.184s"},"resource":{"type":"http_load_balancer"},"timestamp":"2026-03-12T08:14:05.123456Z"}
{"insertId":"b","httpRequest":{"requestMethod":"GET","requestUrl":"https://shop.example/a","status":200,"responseSize":"7"},"timestamp":"2026-03-12T08:14:06.123456Z"}
"#,
        requests: "0 shop.example/p/4711?lang=fi 5120 get
1000000 shop.example/a 7 get
",
    },
    Source {
        name: "json",
        lines: r#"{"@timestamp":"2020-04-28T00:00:41+08:00","uri":"/a.js","size":"39308","note":"a\nb"}
{"@timestamp":"2020-04-28T00:00:42+08:00","uri":"/\u00e9","size":7}
"#,
        requests: "0 /a.js 39308 get
1000000 /é 7 get
",
    },
];

/// The requests of a trace, as the table writes them.
pub fn requests(trace: &Trace) -> String {
    let request = |i: usize| {
        let time = trace.times.get(i).map_or("-".to_string(), |time| (time / 1_000).to_string());
        let key = match trace.keys.get(trace.objects[i]) {
            Key::Number(number) => number.to_string(),
            Key::Text(text) => String::from_utf8_lossy(text).into_owned(),
        };
        let size = trace.sizes.as_ref().map_or("-".to_string(), |sizes| sizes[i].to_string());
        let op = trace.ops.as_ref().map_or("Get".to_string(), |ops| format!("{:?}", ops[i])).to_lowercase();
        let ttl = match trace.ttls.as_ref().map_or(0, |ttls| ttls[i]) {
            0 => String::new(),
            ttl if ttl & RENEWS != 0 => format!(" renews {}", ttl & !RENEWS),
            ttl => format!(" {ttl}"),
        };
        format!("{time} {key} {size} {op}{ttl}\n")
    };
    (0..trace.len()).map(request).collect()
}

#[test]
fn every_source_is_recognised_and_read_as_it_is() {
    for source in SOURCES {
        let trace = read("x", source.lines.as_bytes()).unwrap_or_else(|error| panic!("{}: {error}", source.name));
        assert_eq!(trace.format, source.name);
        assert_eq!(requests(&trace), source.requests, "{}: {:?}", source.name, trace.notes);
        // Named, it is read just so, even where lines end as in Windows.
        let named = ReadOptions { format: Some(source.name.to_string()), ..ReadOptions::default() };
        let windows = source.lines.replace('\n', "\r\n");
        assert_eq!(
            read_with("x", windows.as_bytes(), &named).unwrap().fingerprint,
            trace.fingerprint,
            "{}",
            source.name
        );
        assert!(trace.keys.len() > 1 || trace.objects[0] == ObjectId(0));
    }
    let described = |name: &str| SOURCES.iter().any(|source| source.name == name);
    let own =
        ["parquet", "arrow", "oracleGeneral", "log", "csv", "lcs", "vscsi", "twr", "oracleGeneralOpNs", "be32", "be64"];
    for format in all() {
        let name = format.info().name;
        assert!(own.contains(&name) || described(name), "{name} needs a source here");
    }
    assert!(own.iter().all(|name| FORMATS.iter().any(|format| format.info().name == *name)));
}
