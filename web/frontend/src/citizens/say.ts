// Days as people here say them.
const DAY = new Intl.DateTimeFormat('vi-VN', { timeZone: 'Asia/Ho_Chi_Minh', day: '2-digit', month: '2-digit', year: 'numeric' });

/** The last day on which it is in time: what is due at midnight is due on the day before. */
export const formatDay = (due: string): string => DAY.format(new Date(Date.parse(due) - 1000));
