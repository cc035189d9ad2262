#include "http/query.h"

#include <boost/url/decode_view.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/parse_query.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace http {
namespace {

std::string decoded(std::string_view text) {
  boost::urls::encoding_opts options;
  options.space_as_plus = true;
  const boost::urls::decode_view view(boost::urls::string_view(text.data(), text.size()), options);
  return {view.begin(), view.end()};
}

}  // namespace

base::Result<Parameters> parameters_of(std::string_view target) {
  Parameters parameters;
  const auto mark = target.find('?');
  if (mark == std::string_view::npos || mark + 1 == target.size()) return parameters;
  const auto query = target.substr(mark + 1);
  const auto parsed = boost::urls::parse_query(boost::urls::string_view(query.data(), query.size()));
  if (!parsed) return base::Failure{"what follows the question mark is no list of parameters"};
  for (const auto& parameter : *parsed) {
    const auto key = parameter.key.data() == nullptr ? std::string_view() : std::string_view(parameter.key);
    const auto value = parameter.has_value ? std::string_view(parameter.value) : std::string_view();
    parameters.emplace_back(decoded(key), decoded(value));
  }
  return parameters;
}

base::Result<std::string> percent_decoded(std::string_view text) {
  const auto parsed = boost::urls::make_pct_string_view(boost::urls::string_view(text.data(), text.size()));
  if (!parsed) return base::Failure{"a percent sign is not followed by two digits"};
  return (*parsed).decode();
}

std::string percent_encoded(std::string_view text) {
  return boost::urls::encode(boost::urls::string_view(text.data(), text.size()), boost::urls::unreserved_chars);
}

}  // namespace http
