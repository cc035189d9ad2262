#include "view/site_style.h"

namespace view {
namespace {

constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--ground:#f5f6f8;--card:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d8dde3;--link:#0b57a4;
--track:#e4e8ed;--used:#3d6f9e;--well:#1d6b35;--alarm:#a61c16;--cry:#a61c16;--warn:#8a5200;--info:#2b5f92;--blind:#1b1b1b;--idle:#3f4d5c;--on:#fff}
@media (prefers-color-scheme:dark){:root{--ground:#121518;--card:#1b1f24;--ink:#e6e9ec;--soft:#a3adb8;--line:#353c44;
--link:#8fc1f5;--track:#343b43;--used:#79aede;--well:#1f7a3d;--alarm:#c0312a;--cry:#ff9b93;--warn:#f0b95a;--info:#8fc1f5;--blind:#f4f4f4}
.state.blind{--on:#121518}}
*{box-sizing:border-box}
body{margin:0;font:15px/1.5 system-ui,"Liberation Sans",Arial,sans-serif;color:var(--ink);background:var(--ground);
overflow-wrap:anywhere}
a{color:var(--link);text-underline-offset:.15em}
a:focus-visible,input:focus-visible,button:focus-visible{outline:3px solid var(--link);outline-offset:2px}
header,main,footer{max-width:82rem;margin:0 auto;padding:0 1.25rem}
header{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;align-items:baseline;padding-top:1rem}
header p,header nav{margin:0}header nav{margin-left:auto;display:flex;flex-wrap:wrap;gap:.25rem 1rem;font-size:.9rem}
.brand{font-weight:700;letter-spacing:.01em}
h1{font-size:1.6rem;line-height:1.25;margin:0}h2{font-size:1.15rem;margin:2.25rem 0 .75rem}
h3{font-size:1rem;margin:0 0 .6rem}
.state{margin:1rem 0 0;padding:1.1rem 1.4rem;border-radius:.6rem;color:var(--on);background:var(--alarm)}
.state.well{background:var(--well)}.state.idle{background:var(--idle)}.state.blind{background:var(--blind)}
.state p{margin:.25rem 0 0}.state.blind h1::after,.mark{font-weight:700}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin:1rem 0 0}
.figures div{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.6rem .9rem}
.figures dt{font-size:.8rem;color:var(--soft)}
.figures dd{margin:0;font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums}
.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem 1.2rem;margin:0 0 .8rem}
.incident{border-left:.35rem solid var(--info)}.incident.critical{border-left-color:var(--alarm)}
.incident.warning{border-left-color:var(--warn)}.incident.over{border-left-color:var(--well)}
.word{font-weight:700;font-size:.8rem;text-transform:uppercase;letter-spacing:.04em;color:var(--info)}
.word.critical{color:var(--cry)}.word.warning{color:var(--warn)}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.1rem;margin:0}
.facts dt{color:var(--soft)}.facts dd{margin:0}.facts dd.do{font-weight:600}
.soft{color:var(--soft)}.small{font-size:.85rem}
form{display:flex;flex-wrap:wrap;gap:.6rem 1rem;align-items:end;margin:0 0 .9rem}
label{display:grid;gap:.15rem;font-size:.85rem;color:var(--soft)}
input{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--soft);border-radius:.4rem;padding:.35rem .6rem;min-width:0;width:15rem;max-width:100%}
button{font:inherit;color:var(--card);background:var(--link);border:0;border-radius:.4rem;padding:.45rem 1rem;cursor:pointer}
table{width:100%;border-collapse:collapse;background:var(--card);border:1px solid var(--line);font-size:.9rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem;border-bottom:1px solid var(--line)}
th{font-size:.8rem;font-weight:600;color:var(--soft)}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
.when{white-space:nowrap;font-variant-numeric:tabular-nums}
td{overflow-wrap:normal}td bdi{overflow-wrap:anywhere}main>h1{margin-top:1.25rem}
.strip{display:block;width:13rem;min-width:9rem;max-width:100%;height:1.1rem;border-radius:.2rem}
.bar{display:block;width:8rem;max-width:100%;height:.55rem;margin:.3rem 0 .1rem;border-radius:.2rem}
.track{fill:var(--track)}.used{fill:var(--used)}.gap{stroke:var(--card);stroke-width:1}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1rem;margin:.8rem 0 0;padding:0;list-style:none;font-size:.8rem;color:var(--soft)}
.legend svg{width:.9rem;height:.9rem;vertical-align:-.1rem;margin-right:.35rem;border:1px solid var(--line)}
footer{padding-top:1.5rem;padding-bottom:2rem;color:var(--soft);font-size:.85rem}
@media (max-width:60rem){
table,tbody,tr,td{display:block}thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table{border:0;background:none}
tr{background:var(--card);border:1px solid var(--line);border-radius:.6rem;margin:0 0 .7rem;padding:.4rem .3rem}
td,td.number{display:grid;grid-template-columns:7.5rem 1fr;gap:.6rem;border:0;padding:.25rem .7rem;text-align:left}
td::before{content:attr(data-label);color:var(--soft);font-size:.85rem}
.when{white-space:normal}td{overflow-wrap:anywhere}.strip{min-width:0}}
@media (max-width:34rem){
header,main,footer{padding-left:.9rem;padding-right:.9rem}header nav{margin-left:0}
.facts{grid-template-columns:1fr;gap:0}.facts dd{margin:0 0 .45rem}
.figures{grid-template-columns:repeat(2,1fr)}label,input{width:100%}}
)css";

}  // namespace

std::string_view site_style() { return kStyle; }

}  // namespace view
