// Stands for testharnessreport.js: no page to draw on, results go to the host.
(function (env, multiplier) {
  'use strict';
  setup({ output: false, timeout_multiplier: multiplier });
  add_result_callback((test) => env.host.result(test.name, test.status, `${test.message ?? ''}`));
  add_completion_callback((tests, status) => env.host.completed(status.status, `${status.message ?? ''}`));
});
