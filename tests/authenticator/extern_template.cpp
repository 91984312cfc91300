// SPDX-License-Identifier: BSL-1.0
// compiled alone: a template is instantiated in its own namespace or a global one
#include "extern_template.hpp"

template class sallyport::authenticator<sallyport::environment<>, extern_template_people,
                                        sallyport::penalty::backoff<>, sallyport::session::session_limit>;
