// The leaders' map apart from its pictures: classes, grey, words without dấu, units found by name.
import { describe, expect, it } from 'vitest';
import type { Unit } from '../src/api';
import { fold } from '../src/lib/fold';
import { classify, greyOf } from '../src/map/classes';
import { UnitIndex } from '../src/leaders/units';

const unit = (key: number, code: string, name: string, full: string): Unit => ({
  key, code, name, full_name: full, type: null, level: '', valid_from: null, valid_to: null, parent: null, province: '51', label: null, shape: true });
const COMMUNES = [unit(1, '21025', 'Cẩm Thành', 'Phường Cẩm Thành'), unit(2, '21289', 'Sơn Hà', 'Xã Sơn Hà'), unit(3, '21290', 'Sơn Hạ', 'Xã Sơn Hạ')];
const DISTRICTS = [unit(9, '529', 'Sơn Hà', 'Huyện Sơn Hà'), unit(10, '610', 'Đắk Glei', 'Huyện Đắk Glei')];

describe('classes', () => {
  it('put a value that is missing in none, and zero in the lowest', () => {
    expect([null, 0, 5, 10].map((value) => classify(value, [5, 10]))).toEqual([-1, 0, 1, 2]);
  });

  it('lose their colour and keep their order when the figures are old', () => {
    const greys = ['#00224e', '#434e6c', '#7d7c78', '#bcae6c', '#fee838'].map(greyOf);
    expect(greys).toEqual(greys.toSorted());
    expect(greys.every((grey) => grey.slice(1, 3) === grey.slice(3, 5) && grey.slice(3, 5) === grey.slice(5, 7))).toBe(true);
  });
});

describe('units by name', () => {
  const index = new UnitIndex(COMMUNES, DISTRICTS);

  it('are found without dấu, by any of their words, by code', () => {
    expect(fold('Đắk Glei')).toBe('dak glei');
    expect(index.find('dak g').map((each) => each.unit.code)).toEqual(['610']);
    expect(index.find('SON HA').map((each) => each.unit.code).toSorted()).toEqual(['21289', '21290', '529']);
    expect(index.find('phuong thanh').map((each) => each.unit.code)).toEqual(['21025']);
    expect(index.find('21289').map((each) => each.level)).toEqual(['commune']);
  });

  it('are none for words of nobody, and for no words', () => {
    expect(index.find('xyz')).toEqual([]);
    expect(index.find('   ')).toEqual([]);
  });

  it('keep the key the map knows them by', () => {
    expect(index.keyOf('529')).toBe(9);
    expect(index.keyOf('999')).toBeUndefined();
  });
});
