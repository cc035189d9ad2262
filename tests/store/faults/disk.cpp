#include "disk.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/ensure.h"

namespace faulty {
namespace {

constexpr sqlite3_int64 kPage = 4096;

sqlite3_int64 size_of(sqlite3_file* file) {
  sqlite3_int64 size = 0;
  ENSURE(file->pMethods->xFileSize(file, &size) == SQLITE_OK);
  return size;
}

}  // namespace

void Disk::know(const std::string& path, sqlite3_file* file) {
  if (off_ || !files_.try_emplace(path).second) return;
  touch(path, 0, size_of(file));
  sync(path, file);
}

void Disk::touch(const std::string& path, sqlite3_int64 offset, sqlite3_int64 size) {
  if (off_) return;
  for (auto page = offset / kPage; page * kPage < offset + size; ++page) files_.at(path).touched.insert(page);
}

void Disk::sync(const std::string& path, sqlite3_file* file) {
  if (off_) return;
  auto& [written, touched] = files_.at(path);
  const auto size = size_of(file);
  written.resize(static_cast<std::size_t>(size), '\0');
  for (const auto page : touched) {
    const auto start = page * kPage;
    const auto length = std::min(kPage, size - start);
    if (length <= 0) continue;  // cut off since
    const int code = file->pMethods->xRead(file, written.data() + start, static_cast<int>(length), start);
    ENSURE(code == SQLITE_OK);
  }
  touched.clear();
}

void Disk::fail_to_sync(const std::string& path) {
  if (!off_) files_.at(path).touched.clear();
}

void Disk::forget(const std::string& path) {
  if (!off_) files_.erase(path);
}

void Disk::forget_cached(const std::string& path) const {
  const auto known = files_.find(path);
  if (known == files_.end()) return;
  auto on_disk = known->second.written;
  on_disk.resize(std::filesystem::file_size(path), '\0');
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  for (std::size_t start = 0; start < on_disk.size(); start += kPage)
    if (!known->second.touched.contains(static_cast<sqlite3_int64>(start / kPage)))
      file.seekp(static_cast<std::streamoff>(start)) << on_disk.substr(start, kPage);
}

void Disk::restore() {
  off_ = false;
  for (const auto& [path, file] : files_) std::ofstream(path, std::ios::binary | std::ios::trunc) << file.written;
}

}  // namespace faulty
