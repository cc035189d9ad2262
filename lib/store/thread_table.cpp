#include "store/thread_table.h"

namespace store {

ThreadTable::ThreadTable(Database& database)
    : database_(database),
      upsert_(database,
              "INSERT INTO threads (destination, thread, receipt) VALUES (?,?,?) "
              "ON CONFLICT (destination, thread) DO UPDATE SET receipt = excluded.receipt"),
      erase_(database,
             "DELETE FROM threads WHERE destination = ? AND thread = ? "
             "AND NOT EXISTS (SELECT 1 FROM tellings WHERE opened_at = ? AND incident = ? "
             "AND destination = threads.destination) "
             "AND NOT EXISTS (SELECT 1 FROM deliveries WHERE destination = threads.destination "
             "AND thread = threads.thread AND state = 'pending' AND thread <> '')") {}

void ThreadTable::put(const alert::Thread& thread) {
  upsert_.bind(thread.destination).bind(thread.thread).bind(thread.receipt).run();
}

void ThreadTable::forget_unless_needed(const std::string& destination, const std::string& thread) {
  // A thread that is not named after an incident has no telling either.
  const auto parsed = verdict::IncidentId::parse(thread);
  const auto incident = parsed ? parsed.value() : verdict::IncidentId();
  erase_.bind(destination).bind(thread).bind(incident.made_at()).bind(incident, incident.made_at()).run();
}

std::vector<alert::Thread> ThreadTable::all() const {
  Statement rows(database_, "SELECT destination, thread, receipt FROM threads ORDER BY destination, thread");
  std::vector<alert::Thread> threads;
  while (rows.next()) threads.push_back({rows.text(0), rows.text(1), rows.text(2)});
  return threads;
}

}  // namespace store
