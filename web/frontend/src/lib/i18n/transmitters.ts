// What the panel of a boat says of its transmitters: what kind of station, what they called themselves, two places.
export const transmitters = {
  vi: {
    saidTitle: 'THIẾT BỊ TỰ KHAI THEO THỜI GIAN',
    saidField: { name: 'tên', callsign: 'hô hiệu', imo: 'IMO', ship_type: 'loại (mã số)' },
    saidNothing: 'Thiết bị chưa khai tên, hô hiệu hay loại',
    station: {
      ship: 'tàu', beacon: 'PHAO CẤP CỨU (AIS-SART, người rơi xuống biển, EPIRB)', aircraft: 'máy bay tìm kiếm cứu nạn',
      coast: 'đài bờ', group: 'số nhóm', aid: 'báo hiệu hàng hải', craft: 'xuồng của tàu', handheld: 'máy cầm tay',
      buoy: 'phao lưới', unassigned: 'số không thuộc nước nào',
    },
    shared: 'dùng chung số?',
    sharedTitle: 'Một số ở hai nơi cùng lúc: cần xác minh',
    sharedHint: 'Hai thiết bị dùng chung một số, hoặc máy định vị bị nhiễu. Mọi vị trí vẫn được giữ.',
    sharedTurns: '{n} lần đổi chỗ, cách nhau {nm} hải lý',
    sharedFixes: '{n} vị trí',
  },
  en: {
    saidTitle: 'WHAT THE DEVICE SAID IT WAS',
    saidField: { name: 'name', callsign: 'call sign', imo: 'IMO', ship_type: 'type (raw number)' },
    saidNothing: 'The device has told no name, call sign or type',
    station: {
      ship: 'ship', beacon: 'DISTRESS BEACON (AIS-SART, man overboard, EPIRB)', aircraft: 'search and rescue aircraft',
      coast: 'coast station', group: 'group number', aid: 'aid to navigation', craft: "a ship's craft", handheld: 'handheld set',
      buoy: 'net marker', unassigned: 'a number no country gives out',
    },
    shared: 'shared number?',
    sharedTitle: 'One number in two places at once: to verify',
    sharedHint: 'Two devices with one number, or a receiver led astray. Every position is kept.',
    sharedTurns: '{n} changes of place, {nm} nautical miles apart',
    sharedFixes: '{n} positions',
  },
};
