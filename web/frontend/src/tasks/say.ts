// How far a task is, and numbers then and now, in the reader's words.
import type { Lang } from '../api';
import type { Born, Task } from '../api.tasks';
import { formatFixed } from '../lib/format';
import { pick, type Dictionary } from '../lib/i18n';

export const clockOf = (task: Task, words: Dictionary): string => {
  if (!task.running) return '';
  if (task.overdue) return words.tasks.overdue.replace('{n}', String(Math.max(1, task.days_over)));
  return task.days_over === 0 ? words.tasks.today : words.tasks.left.replace('{n}', String(-task.days_over));
};

export const valueOf = (value: number | null, born: Born, words: Dictionary, lang: Lang): string => {
  if (value === null) return words.tasks.noFigure;
  const unit = pick(born.unit, lang);
  return `${formatFixed(value, lang, born.decimals)}${unit === '%' ? '%' : ` ${unit}`}`;
};
