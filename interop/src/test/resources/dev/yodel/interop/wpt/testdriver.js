// Stands for testdriver-vendor.js: the synthetic devices need no permission.
(function () {
  'use strict';
  window.test_driver_internal.set_permission = async () => {};
});
