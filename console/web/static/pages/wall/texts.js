export default {
  en: {
    'wall.title': 'Wall',
  },
  zh: {
    'wall.title': '监控墙',
  },
};
