#include "store/account_table.h"

#include <doctest/doctest.h>

#include "samples.h"

TEST_CASE("accounts: what was learnt of each comes back by id, the latest word") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  batch.accounts = {{"acc2", "Brand A <EU>", "ACCEPTED", false}, {"acc1", "", "", true}};
  store.commit(batch);
  CHECK(samples::Loaded(store).accounts == std::vector{batch.accounts[1], batch.accounts[0]});
  batch.accounts = {{"acc2", "Brand B", "REJECTED", true}};
  store.commit(batch);
  CHECK(store.accounts() == std::vector<store::AccountFacts>{{"acc1", "", "", true}, batch.accounts[0]});
}
