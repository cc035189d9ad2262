#include <doctest/doctest.h>

#include "alert/alert.h"
#include "alert/samples.h"

using namespace alert;
using verdict::Cause;

TEST_CASE("digest: the title counts what became of how many, and leaves out what did not happen") {
  Digest digest = samples::digest();
  CHECK(wording_of(digest).title == "app agency: 20 opened, 1 changed, 4 resolved");
  digest.updated = 0;
  digest.resolved = 0;
  CHECK(wording_of(digest).title == "app agency: 20 opened");
  digest.group.clear();
  digest.test = true;
  CHECK(wording_of(digest).title == "[TEST] Many alerts at once: 20 opened");
}

TEST_CASE("digest: lists the gravest first, and what is over last") {
  const DigestWording wording = wording_of(samples::digest());
  CHECK(wording.lines ==
        std::vector<std::string>{
            "[critical] Access removed: brand-a on 18ce54d4x5t; since 2026-11-23T10:15:02.118Z",
            "[warning] Updated: Role reduced: brand-a on 18ce54d4x5t; since 2026-11-23T10:15:02.118Z",
            "[over] Resolved: Access token revoked: brand-a; 2026-11-23T10:15:02.118Z to 2026-11-23T13:19:40.000Z (3h "
            "4m)"});
}

TEST_CASE("digest: says how many are left out and how to list all") {
  Digest digest = samples::digest();
  CHECK(wording_of(digest).more == "… and 22 more");
  CHECK(wording_of(digest).list == "adsauditd alerts list --alert msg_01M83YDS76S5T9G3WC1VBGKGE6");
  digest.opened = 1;
  digest.resolved = 1;
  CHECK(wording_of(digest).more.empty());
}

TEST_CASE("digest: never lists more than twenty") {
  Digest digest = samples::digest();
  digest.first.assign(25, samples::alert(Cause::kRoleReduced, State::kOpened));
  CHECK(wording_of(digest).lines.size() == 20);
  CHECK(wording_of(digest).more == "… and 5 more");
}

TEST_CASE("digest: tells what all have in common, and claims nothing of those that are not listed") {
  Digest digest = samples::digest();
  CHECK(wording_of(digest).common == "app agency");
  digest.first.assign(2, samples::alert(Cause::kRoleReduced, State::kOpened));
  CHECK(wording_of(digest).common == "app agency; of those listed: role.reduced, account 18ce54d4x5t");
  digest.opened = 2;
  digest.updated = digest.resolved = 0;
  CHECK(wording_of(digest).common == "app agency, role.reduced, account 18ce54d4x5t");
  digest.group.clear();
  CHECK(wording_of(digest).common == "role.reduced, app agency, account 18ce54d4x5t");
  digest.first.resize(1);
  CHECK(wording_of(digest).common.empty());
}
