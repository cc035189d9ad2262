// Slab, TextPool and IndexTable: what a large table is made of.
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "base/index_table.h"
#include "base/random.h"
#include "base/slab.h"
#include "base/text_pool.h"

TEST_CASE("slab: elements stay where they are while it grows") {
  base::Slab<int, 4> slab;
  CHECK(slab.push_back(10) == 0);
  const int* const first = &slab[0];
  for (int value = 11; value < 100; ++value) slab.push_back(value);
  CHECK(first == &slab[0]);
  CHECK(slab.size() == 90);
  CHECK(slab[89] == 99);
}

TEST_CASE("text pool: gives back what was put, over many pages") {
  base::TextPool pool;
  std::vector<base::TextPool::Place> places;
  for (int number = 0; number < 40'000; ++number) places.push_back(pool.put("text " + std::to_string(number)));
  for (int number = 0; number < 40'000; ++number)
    REQUIRE(pool.get(places[static_cast<std::size_t>(number)]) == "text " + std::to_string(number));
  CHECK(pool.put("") == 0);
  CHECK(pool.get(0).empty());
  const std::string longest(65'535, 'x');
  CHECK(pool.get(pool.put(longest)) == longest);
  CHECK_THROWS_AS(pool.put(longest + "x"), std::length_error);
}

TEST_CASE("text pool: a replaced text is wiped, and its place used again when the new one fits") {
  base::TextPool pool;
  const auto place = pool.put("sealed-secret");
  const char* const bytes = pool.get(place).data();
  CHECK(pool.replace(place, "short") == place);
  CHECK(pool.get(place) == "short");
  CHECK(std::string_view(bytes + 5, 8) == std::string_view("\0\0\0\0\0\0\0\0", 8));
  const auto elsewhere = pool.replace(place, "longer than before");
  CHECK(elsewhere != place);
  CHECK(pool.get(elsewhere) == "longer than before");
  CHECK(pool.replace(elsewhere, "") == 0);
  CHECK(pool.get(pool.replace(0, "new")) == "new");
}

TEST_CASE("index table: finds by a key that lies elsewhere, as a map would") {
  base::SeededRandom random(11);
  std::vector<std::string> keys;
  base::IndexTable table;
  std::map<std::string, std::uint32_t> model;
  const auto hash_at = [&](std::uint32_t index) { return base::hash_of(keys[index]); };
  const auto find = [&](const std::string& key) {
    return table.find(base::hash_of(key), [&](std::uint32_t index) { return keys[index] == key; });
  };
  CHECK(find("nothing") == base::IndexTable::kNone);
  for (int step = 0; step < 20'000; ++step) {
    const std::string key = std::to_string(random.next_u64() % 500);
    const auto known = model.find(key);
    REQUIRE(find(key) == (known == model.end() ? base::IndexTable::kNone : known->second));
    if (known == model.end()) {
      keys.push_back(key);
      const auto index = static_cast<std::uint32_t>(keys.size() - 1);
      table.insert(base::hash_of(key), index, hash_at);
      model[key] = index;
    } else if (random.next_u64() % 2 == 0) {
      table.erase(base::hash_of(key), known->second);
      model.erase(known);
    }
  }
}

TEST_CASE("hash: is the same in every process and version") {
  CHECK(base::hash_of("") == 0xEFD0'1F60'BA99'2926);
  CHECK(base::hash_of("18ce54d4x5t") == 0xE5AD'ABB7'E71E'5F34);
}
