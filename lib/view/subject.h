#pragma once

#include "alert/alert.h"
#include "store/store.h"

namespace view {

/// App, token and ad account of an incident, as the database knows them now; not who else is hit.
alert::Subject subject_of(store::Store& store, const verdict::IncidentKey& key);

}  // namespace view
