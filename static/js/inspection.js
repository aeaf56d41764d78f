// The page of a visit under way.

import { edit } from './inspection-edit.js';
import { keep } from './inspection-kept.js';

const form = document.querySelector('form.checklist');
edit(form);
keep(form.dataset.worker, form.dataset.user, [form.dataset.list]);
