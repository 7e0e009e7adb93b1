// The texts of all charts, which any page may have.

import { add } from '../texts.js';

add({
  en: {
    'chart.area': '{caption}. Chart: the arrow keys read its numbers.',
    'chart.table': 'The numbers as a table',
    'chart.png': 'PNG',
    'chart.csv': 'CSV',
    'chart.no_png': 'The browser could not make a picture of the chart.',
    'chart.of': 'of {count}',
    'chart.nothing': 'nothing counted',
  },
  zh: {
    'chart.area': '{caption}。图表：用方向键读取数值。',
    'chart.table': '以表格显示数值',
    'chart.png': 'PNG',
    'chart.csv': 'CSV',
    'chart.no_png': '浏览器无法生成图表图片。',
    'chart.of': '（共 {count}）',
    'chart.nothing': '没有数据',
  },
});
